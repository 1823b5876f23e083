import type { Breaks } from "./break";

const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";
const DISK = "cluster.routing.allocation.disk.";

/** A test index, of which this server keeps no replica. */
const SETTINGS = { number_of_replicas: 0 };

export const OPENSEARCH_BREAKS: Breaks = {
  unreachable: {
    how: "OpenSearch is down",
    break: async (world) => await world.cluster.close(),
    check: "opensearch-reachable",
    seen: /^http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  },
  "tls-mismatch": {
    how: "https:// to a port that speaks plain HTTP",
    break: (world) => {
      world.outputs.opensearchEndpoint = world.cluster.server.endpoint.replace("http:", "https:");
    },
    check: "opensearch-reachable",
    seen: /^https:\/\/127\.0\.0\.1:\d+: .*wrong version number/,
  },
  "tls-not-trusted": {
    how: "the certificate is signed by an authority that the stack does not name",
    kind: "secured",
    break: (world) => {
      world.outputs.opensearchEndpoint = world.cluster.server.endpoint;
    },
    check: "opensearch-tls",
    seen: /^https:\/\/127\.0\.0\.1:\d+: unable to verify the first certificate/,
  },
  "password-wrong": {
    how: "the password was changed outside of Pulumi",
    kind: "secured",
    break: (world) => {
      world.outputs.opensearchPassword = "Another-Passw0rd";
    },
    check: "opensearch-password",
    seen: "401 as admin: Unauthorized",
  },
  "user-may-not": {
    how: "the user may read, and not ask the model",
    kind: "secured",
    break: async (world) => {
      await world.makeUser("reader", { role: "ml_read_access" });
      world.outputs.opensearchUsername = "reader";
    },
    check: "predict",
    seen: /answered 403 security_exception: no permissions for \[cluster:admin\/opensearch\/ml\/predict\] and User \[name=reader,/,
  },
  "plugins-mixed": {
    how: "an upgrade has reached one of two nodes",
    break: (world) =>
      world.rewrite("/_cat/plugins", (rows) => [
        ...(rows as object[]),
        { component: "opensearch-knn", version: "3.5.0.0" },
      ]),
    check: "opensearch-plugins",
    status: "warn",
    seen: "opensearch-knn is 3.5.0.0 on one node, on another 3.6.0.0; the server is 3.6.0",
  },
  "cluster-red": {
    how: "an index has no node to be on",
    break: (world) =>
      world.api("PUT", "/nowhere?wait_for_active_shards=0", {
        settings: { ...SETTINGS, "index.routing.allocation.require._name": "nobody" },
      }),
    check: "cluster-health",
    seen: "red, 1 node, 1 shards on no node",
  },
  "disk-low": {
    how: "the disk is above the high watermark",
    break: (world) =>
      world.settings({
        [`${DISK}threshold_enabled`]: true,
        [`${DISK}watermark.low`]: "1%",
        [`${DISK}watermark.high`]: "1%",
        [`${DISK}watermark.flood_stage`]: "100%",
      }),
    check: "cluster-disk",
    status: "warn",
    seen: /^\d+ % used, \S+ GB free: above the high watermark \(1%\)$/,
  },
  "disk-full": {
    how: "a full disk made an index read-only",
    break: async (world) => {
      await world.api("PUT", "/docs", { settings: SETTINGS });
      await world.api("PUT", "/other", { settings: SETTINGS });
      // What OpenSearch itself sets above the flood-stage watermark.
      await world.api("PUT", "/docs/_settings", { "index.blocks.read_only_allow_delete": true });
    },
    check: "read-only-blocks",
    seen: "read-only-allow-delete on docs",
  },
  "settings-archived": {
    how: "an upgrade archived a setting",
    break: (world) =>
      world.rewrite("/_cluster/settings", (body) => {
        const settings = body as { persistent: object };
        return { ...settings, persistent: { ...settings.persistent, "archived.plugins.old": "1" } };
      }),
    check: "archived-settings",
    seen: "archived.plugins.old",
  },
  "ml-plugin-missing": {
    how: "a minimal build without ML Commons",
    break: (world) =>
      world.rewrite("/_cat/plugins", (rows) =>
        (rows as { component: string }[]).filter(({ component }) => /security|knn/.test(component)),
      ),
    check: "ml-plugin",
    seen: "opensearch-ml is not among opensearch-knn, opensearch-security",
  },
  "remote-inference-off": {
    how: "remote inference is switched off",
    break: (world) => world.settings({ "plugins.ml_commons.remote_inference.enabled": false }),
    check: "remote-inference",
    seen: "plugins.ml_commons.remote_inference.enabled is false",
  },
  "endpoint-not-trusted": {
    how: "the trust list is emptied of the connector's URL",
    break: (world) => world.settings({ [TRUSTED]: ["^http://127\\.0\\.0\\.1:1/.*$"] }),
    check: "url-trusted",
    seen: /^http:\/\/127\.0\.0\.1:\d+\/api\/generate matches none of the 1 entries as a whole$/,
  },
  "private-endpoint-not-trusted": {
    how: "on 3.7 the private list has entries, and none for the connector's URL",
    break: (world) =>
      world.pretendRelease("3.7.0", {
        "plugins.ml_commons.trusted_connector_private_endpoints_regex": ["^http://10\\.0\\.0\\.1:1/$"],
      }),
    check: "url-trusted",
    seen: /^http:\/\/127\.0\.0\.1:\d+\/api\/generate matches none of the 1 entries for private addresses$/,
  },
  "trusted-regex-broken": {
    how: "somebody wrote an entry that is no regex, which the server takes",
    break: (world) => world.settings({ [TRUSTED]: ["^http://127\\.0\\.0\\.1:.*$", "[bad"] }),
    check: "trust-lists",
    seen: /^trusted_connector_endpoints_regex: "\[bad" must be a regular expression \(/,
  },
  "trusted-regex-unsafe": {
    how: "an entry repeats what is repeated, which only 3.7 refuses",
    break: (world) => world.settings({ [TRUSTED]: ["^http://127\\.0\\.0\\.1:.*$", "^http://(a+)+$"] }),
    check: "trust-lists",
    seen: /^trusted_connector_endpoints_regex: "\^http:\/\/\(a\+\)\+\$" /,
  },
  "private-address": {
    how: "private_ip_enabled is switched off",
    break: (world) => world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false }),
    check: "private-address",
    seen: /^private_ip_enabled is false, and 127\.0\.0\.1:\d+ is private$/,
  },
};
