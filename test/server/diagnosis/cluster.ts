import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { bulk, search } from "../../../clients/opensearch/documents";
import { createIndex, putIndexSettings } from "../../../clients/opensearch/indices";
import { deleteModelGroup } from "../../../clients/opensearch/model-groups";
import { findModelsByConnector } from "../../../clients/opensearch/models";
import { predict } from "../../../clients/opensearch/predict";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import { giveDataBack, takeDataAway } from "../../support/opensearch/shards";
import type { DoctorWorld } from "../doctor/world";
import { created, urn } from "../lifecycle-support";
import { serverOf, settings, soon } from "./acts";
import type { Provocation } from "./provocation";

const TEXT = { mappings: { properties: { text: { type: "text" } } }, settings: {} };

/** As in the first moments after a start: the index of all models is known, and its data is not there yet. */
async function beforeModelsAreThere(world: DoctorWorld, act: () => Promise<unknown>): Promise<unknown> {
  const api: DoctorWorld["api"] = (...request) => world.api(...request);
  await takeDataAway(api, /^\.plugins-ml-model$/);
  return await act().finally(() => giveDataBack(api));
}

/** A private group of the administrator, looked at by somebody who has all rights on models. */
async function strangersLook(world: DoctorWorld): Promise<unknown> {
  await settings(world, { "plugins.ml_commons.model_access_control_enabled": true });
  await world.makeUser("stranger", { role: "ml_full_access" });
  const inputs = { connection: world.connection, owner: urn("ModelGroup", "private"), accessMode: "private" };
  const { id, state } = await created(modelGroupLifecycle, inputs);
  const connection = { ...world.connection, username: "stranger" };
  return await modelGroupLifecycle.read(id, { ...state, connection }).catch((error: Error) => {
    throw new Error(error.message.replaceAll(id, "PRIVATE"));
  });
}

export const CLUSTER_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "setting-unknown",
    how: "a program sets a key that this version lacks",
    run: (world) => settings(world, { "plugins.ml_commons.nope": "1" }),
    says: "PUT /_cluster/settings answered 400 settings_exception: persistent setting [plugins.ml_commons.nope], not recognized",
  },
  {
    row: "setting-unknown",
    how: "an index is made with such a key",
    run: (world) => createIndex(serverOf(world), "docs", { mappings: {}, settings: { "index.nope": "1" } }),
    says: "PUT /docs answered 400 settings_exception: unknown setting [index.nope] did you mean [index.codec]?",
  },
  {
    row: "password-wrong",
    how: "the password was changed outside of Pulumi",
    kind: "secured",
    run: (world) => clusterInfo(openSearch({ ...world.connection, password: "Another-Passw0rd" })),
    says: "GET / answered 401: Unauthorized",
  },
  {
    row: "user-may-not",
    how: "a user who may read, and not ask",
    kind: "secured",
    run: async (world) => {
      await world.makeUser("reader", { role: "ml_read_access" });
      const reader = openSearch({ ...world.connection, username: "reader" });
      await predict(reader, world.modelId, { prompt: "Are you there?" }, soon());
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 403 security_exception: no permissions for [cluster:admin/opensearch/ml/predict] and User [name=reader, backend_roles=[], requestedTenant=null]",
  },
  {
    row: "user-may-not",
    how: "a user who may ask, and not look at the cluster",
    kind: "secured",
    run: async (world) => {
      await world.makeUser("asker", ["cluster:admin/opensearch/ml/predict"]);
      await clusterInfo(openSearch({ ...world.connection, username: "asker" }));
    },
    says: "GET / answered 403 security_exception: no permissions for [cluster:monitor/main] and User [name=asker, backend_roles=[], requestedTenant=null]",
  },
  {
    row: "index-unreadable",
    how: "documents are searched in an index that has no node to be on",
    run: async (world) => {
      const settings = { "index.routing.allocation.require._name": "nobody" };
      await world.api("PUT", "/docs?wait_for_active_shards=0", { settings });
      await search(serverOf(world), "docs", {});
    },
    says: "POST /docs/_search answered 503 search_phase_execution_exception: all shards failed",
  },
  {
    row: "index-unreadable",
    how: "a model group is deleted before the models can be read, after a start",
    run: (world) => beforeModelsAreThere(world, () => deleteModelGroup(serverOf(world), world.groupId)),
    says: "DELETE /_plugins/_ml/model_groups/GROUP answered 500 status_exception: Failed to search indices [.plugins-ml-model]",
  },
  {
    row: "index-unreadable",
    how: "models are looked for then",
    run: (world) => beforeModelsAreThere(world, () => findModelsByConnector(serverOf(world), world.connectorId)),
    says: "POST /_plugins/_ml/models/_search answered 500 status_exception: Fail to search model version",
  },
  {
    row: "node-alone",
    how: "a node is asked that has found no cluster",
    run: async (world) => {
      // What a node of 3.6.0 answers, with 200, whose cluster.initial_cluster_manager_nodes names one that is not there.
      const answer = (info: unknown) => ({ ...(info as object), cluster_uuid: "_na_" });
      world.cluster.faults.add({ match: { path: "/" }, times: 9, action: { kind: "rewrite", answer } });
      // A client that has not asked yet: it asks once.
      await clusterInfo(openSearch({ ...world.connection, requestTimeoutSeconds: 31, maxRetries: 0 }));
    },
    says: "GET / answered 503: the node is in no cluster yet (cluster_uuid _na_)",
  },
  {
    row: "group-not-yours",
    how: "a private group is read by a user with all rights on models",
    kind: "secured",
    run: strangersLook,
    says: 'ModelGroup "private": read failed: GET /_plugins/_ml/model_groups/PRIVATE answered 403 status_exception: User doesn\'t have privilege to perform this operation on this model group',
  },
  {
    row: "disk-full",
    how: "a document is written to an index that a full disk made read-only",
    run: async (world) => {
      const server = serverOf(world);
      await createIndex(server, "docs", TEXT);
      // What OpenSearch itself sets above the flood-stage watermark.
      await putIndexSettings(server, "docs", { "index.blocks.read_only_allow_delete": true });
      const [refusal] = await bulk(server, "docs", [{ id: "1", document: { text: "a passage" } }]);
      throw new Error(refusal?.reason);
    },
    says: "index [docs] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];",
  },
];
