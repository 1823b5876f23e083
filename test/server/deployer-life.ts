import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import type { Connection } from "../../providers/shared/connection";
import type { Lifecycle } from "../../providers/shared/lifecycle";
import { created, updated, urn, type World } from "./lifecycle-support";

interface Living {
  /** As the engine does at a refresh, at an `up` that changes it, and at a refresh after that. */
  change(changed: object): Promise<void>;
  remove(): Promise<void>;
  readonly id: string;
}

async function living<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object): Promise<Living> {
  const made = await created(lifecycle, news);
  let { state } = made;
  const refresh = async () => {
    state = (await lifecycle.read(made.id, state))?.state ?? state;
  };
  return {
    id: made.id,
    change: async (changed) => {
      await refresh();
      ({ state } = await updated(lifecycle, { ...made, state }, { ...news, ...changed }));
      await refresh();
    },
    remove: () => lifecycle.delete(made.id, state),
  };
}

const REGEX = "plugins.ml_commons.trusted_connector_endpoints_regex";

/** One resource of each kind that a deployment makes on a cluster, from its create to its delete. */
export async function wholeLife(world: World, connection: Connection, index: string): Promise<void> {
  const settings = await living(clusterSettingLifecycle, {
    connection,
    mode: "contribute",
    owner: urn("ClusterSetting", "s"),
    settings: { [REGEX]: ["^http://127\\.0\\.0\\.1:.*$"], "plugins.ml_commons.connector.private_ip_enabled": true },
  });
  const group = await living(modelGroupLifecycle, world.groupInputs("g", { connection }));
  // The first one's state was lost, as by a kill; the second takes over what it left.
  await living(connectorLifecycle, world.connectorInputs("c", { connection }));
  const connector = await living(connectorLifecycle, world.connectorInputs("c", { connection }));
  const modelInputs = world.modelInputs("m", group.id, connector.id, { connection });
  await living(deployedModelLifecycle, modelInputs);
  const model = await living(deployedModelLifecycle, modelInputs);
  const documents = await living(searchIndexLifecycle, {
    connection,
    name: index,
    owner: urn("SearchIndex", "i"),
    mappings: { properties: { text: { type: "text" } } },
    vector: { field: "vector", dimension: 3, model: "all-minilm" },
  });
  await settings.change({ whenKnown: { [`${REGEX}s`]: ["x"] } });
  await group.change({ description: "second" });
  await connector.change({ timeouts: { deleteSeconds: 60 } });
  // Somebody undeploys the model; the next update deploys it.
  await world.api("POST", `/_plugins/_ml/models/${model.id}/_undeploy`);
  await model.change({ description: "first" });
  // The next connector is made beside it, and the model moves over.
  const next = await living(connectorLifecycle, world.connectorInputs("c2", { connection, description: "next" }));
  await model.change({ description: "second", connectorId: next.id, settingsRevision: "2" });
  const properties = { text: { type: "text" }, page: { type: "integer" } };
  await documents.change({ mappings: { properties }, settings: { refresh_interval: "5s" } });
  for (const one of [connector, documents, model, next, group, settings]) await one.remove();
}
