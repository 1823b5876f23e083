import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { putClusterSettings } from "../../../../clients/opensearch/cluster";
import { openSearch } from "../../../../clients/opensearch/connect";
import { Deadline, waitFor } from "../../../../clients/wait";
import { connectorLifecycle } from "../../../../providers/connector/lifecycle";
import { tlsCertificateLifecycle } from "../../../../providers/tls-certificate/lifecycle";
import { created, urn } from "../../lifecycle-support";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

const TLS_NAMES = { commonName: "node", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };

/** A server in place of the stack's OpenSearch, until the test ends. */
async function instead(
  world: DoctorWorld,
  server: Pick<Server, "listen" | "once" | "address" | "close" | "closeAllConnections">,
): Promise<void> {
  server.listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  world.whenStopped(() => {
    server.closeAllConnections();
    server.close();
  });
  world.outputs.opensearchEndpoint = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const disks = (freeBytes: number) => {
  const total = { total_in_bytes: 100e9, available_in_bytes: freeBytes };
  return { nodes: { n1: { fs: { total } } } };
};

export const OPENSEARCH_BREAKS: Breaks = {
  unreachable: {
    how: "OpenSearch is down",
    break: async (world) => await world.emulator.close(),
    check: "opensearch-reachable",
    seen: /^http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  },
  "tls-mismatch": {
    how: "https:// to a port that speaks plain HTTP",
    break: (world) => instead(world, createServer()),
    check: "opensearch-reachable",
    seen: /^https:\/\/127\.0\.0\.1:\d+: .*wrong version number/,
  },
  "tls-not-trusted": {
    how: "the certificate is signed by an authority that the stack does not name",
    break: async (world) => {
      const { state } = await tlsCertificateLifecycle.create(TLS_NAMES);
      await instead(world, createTlsServer({ cert: state.certificatePem, key: state.privateKeyPem }));
    },
    check: "opensearch-tls",
    seen: /^https:\/\/127\.0\.0\.1:\d+: unable to verify the first certificate/,
  },
  "password-wrong": {
    how: "the password was changed outside of Pulumi",
    break: (world) => {
      world.outputs.opensearchPassword = "Another-Passw0rd";
    },
    check: "opensearch-password",
    seen: "401 as admin: Unauthorized",
  },
  "user-may-not": {
    how: "the user may read, and not ask the model",
    break: (world) => {
      world.outputs.opensearchUsername = "reader";
    },
    check: "predict",
    seen: /answered 403 security_exception: no permissions for \[cluster:admin\/opensearch\/ml\/predict\] and User \[name=reader,/,
  },
  emulator: {
    how: "nothing: the world of these tests is an emulator, and doctor says so",
    break: () => undefined,
    check: "opensearch-version",
    status: "warn",
    seen: "3.4.0, and ML Commons is emulated (build_type emulator)",
  },
  "cluster-red": {
    how: "a primary shard is lost",
    break: (world) =>
      world.answerWith("/_cluster/health", 200, { status: "red", number_of_nodes: 1, unassigned_shards: 4 }),
    check: "cluster-health",
    seen: "red, 1 node, 4 shards on no node",
  },
  "disk-low": {
    how: "the disk is above the high watermark",
    break: (world) => world.answerWith("/_nodes/stats/fs", 200, disks(8e9)),
    check: "cluster-disk",
    status: "warn",
    seen: "92 % used, 8.0 GB free: above the high watermark (90%)",
  },
  "disk-full": {
    how: "a full disk made an index read-only",
    break: (world) =>
      world.answerWith("/_all/_settings/index.blocks.read_only_allow_delete", 200, {
        docs: { settings: { "index.blocks.read_only_allow_delete": "true" } },
        other: { settings: {} },
      }),
    check: "read-only-blocks",
    seen: "read-only-allow-delete on docs",
  },
  "settings-archived": {
    how: "an upgrade archived a setting",
    break: async (world) => {
      const shown = await world.api("GET", "/_cluster/settings?flat_settings=true&include_defaults=true");
      const persistent = { ...(shown.persistent as object), "archived.plugins.old": "1" };
      world.answerWith("/_cluster/settings", 200, { ...shown, persistent });
    },
    check: "archived-settings",
    seen: "archived.plugins.old",
  },
  "setting-unknown": {
    how: "a program sets a key that this version lacks",
    operation: (world) =>
      putClusterSettings(openSearch(world.connection), "persistent", { "plugins.ml_commons.nope": "1" }),
    seen: "persistent setting [plugins.ml_commons.nope], not recognized",
  },
  "ml-plugin-missing": {
    how: "a minimal build without ML Commons",
    break: (world) => world.answerWith("/_cat/plugins", 200, [{ component: "opensearch-security" }]),
    check: "ml-plugin",
    seen: "opensearch-ml is not among opensearch-security",
  },
  "remote-inference-off": {
    how: "remote inference is switched off",
    break: (world) => world.settings({ "plugins.ml_commons.remote_inference.enabled": false }),
    check: "remote-inference",
    seen: "plugins.ml_commons.remote_inference.enabled is false",
  },
  "endpoint-not-trusted": {
    how: "the trust list is emptied of the connector's URL",
    break: (world) =>
      world.settings({ "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:1/.*$"] }),
    check: "url-trusted",
    seen: /^http:\/\/127\.0\.0\.1:\d+\/api\/generate matches none of the 1 entries as a whole$/,
  },
  "private-endpoint-not-trusted": {
    how: "on 3.7 the private list has entries, and none for the connector's URL",
    emulator: { profile: "3.7" },
    break: (world) =>
      world.settings({
        "plugins.ml_commons.trusted_connector_private_endpoints_regex": ["^http://10\\.0\\.0\\.1:1/$"],
      }),
    check: "url-trusted",
    seen: /^http:\/\/127\.0\.0\.1:\d+\/api\/generate matches none of the 1 entries for private addresses$/,
  },
  "trusted-regex-broken": {
    how: "somebody wrote an entry that is no regex, which the server takes",
    break: (world) =>
      world.settings({
        "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://127\\.0\\.0\\.1:.*$", "[bad"],
      }),
    check: "trust-lists",
    seen: /^trusted_connector_endpoints_regex: "\[bad" must be a regular expression \(/,
  },
  "trusted-regex-unsafe": {
    how: "an entry repeats what is repeated, which 3.7 refuses",
    emulator: { profile: "3.7" },
    operation: (world) =>
      putClusterSettings(openSearch(world.connection), "persistent", {
        "plugins.ml_commons.trusted_connector_private_endpoints_regex": ["(a+)+"],
      }),
    seen: /Regex pattern contains nested quantifiers or backreferences that may cause ReDoS: \(a\+\)\+/,
  },
  "private-address": {
    how: "private_ip_enabled is switched off",
    break: (world) => world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false }),
    check: "private-address",
    seen: /^private_ip_enabled is false, and 127\.0\.0\.1:\d+ is private$/,
  },
  "access-control-off": {
    how: "a group with an access mode, on a cluster without access control",
    operation: (world) =>
      world.refused("POST", "/_plugins/_ml/connectors/_create", { ...world.connectorBody, access_mode: "public" }),
    seen: /cannot specify connector access control parameters/,
  },
  "master-key": {
    how: "a node that was just started still makes its key",
    operation: (world) => {
      const reason =
        "The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.";
      const body = { error: { type: "status_exception", reason }, status: 400 };
      world.answerWith("/_plugins/_ml/connectors/_create", 400, body, "POST");
      const { connection, preset } = world;
      const timeouts = { createSeconds: 0.2 };
      return created(connectorLifecycle, { connection, ...preset, timeouts, owner: urn("Connector", "late") });
    },
    seen: /The ML encryption master key has not been initialized yet/,
  },
  deadline: {
    how: "a model that stays deployed",
    operation: async (world) => {
      const look = async () => ({ last: await world.modelState() });
      await waitFor(look, { waitingFor: "the model to be gone", deadline: Deadline.after(1) });
    },
    seen: "Waited 0.001 s for the model to be gone; last seen: DEPLOYED",
  },
};
