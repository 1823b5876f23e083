import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { bulk, search } from "../../../clients/opensearch/documents";
import { createIndex, putIndexSettings } from "../../../clients/opensearch/indices";
import { predict } from "../../../clients/opensearch/predict";
import type { DoctorWorld } from "../doctor/world";
import { serverOf, settings, soon } from "./acts";
import type { Provocation } from "./provocation";

const TEXT = { mappings: { properties: { text: { type: "text" } } }, settings: {} };

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
