import type { Connection } from "../../../clients/opensearch/connect";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { ollamaGenerate } from "../../../providers/connector/presets";
import { deployedModelLifecycle } from "../../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import type { Lifecycle } from "../../../providers/shared/lifecycle";
import { SETTINGS } from "./bare-chain";

/** A resource that was made, with the way to take it down. */
interface Made {
  readonly id: string;
  remove(): Promise<void>;
}

export interface OurChain {
  /** Sum of the lifecycle calls. */
  readonly milliseconds: number;
  /** By resource, in the order in which they were made. */
  readonly parts: Readonly<Record<"settings" | "group" | "connector" | "model", number>>;
  remove(): Promise<void>;
}

/**
 * The chat chain by the lifecycles themselves, one after the other, as the engine calls them: check, then create.
 * `name` tells one chain from another on the same cluster.
 */
export async function makeOurChain(
  connection: Connection,
  modelServer: string,
  name: string,
  probe: boolean,
): Promise<OurChain> {
  const owner = (type: string) => `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/ollamachat:${type}::${name}`;
  const made: Made[] = [];
  const timed = async <I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object) => {
    const started = performance.now();
    const resource = await create(lifecycle, { connection, ...news });
    made.push(resource);
    return { id: resource.id, milliseconds: performance.now() - started };
  };
  const remove = async () => {
    for (const resource of made.reverse()) await resource.remove();
  };
  try {
    const settings = await timed(clusterSettingLifecycle, { settings: SETTINGS, owner: owner("ClusterSetting") });
    const group = await timed(modelGroupLifecycle, { owner: owner("ModelGroup") });
    const preset = ollamaGenerate({ endpoint: modelServer, model: "stub" });
    const connector = await timed(connectorLifecycle, { ...preset, owner: owner("Connector") });
    const ids = { modelGroupId: group.id, connectorId: connector.id };
    const news = { ...ids, probe: { enabled: probe }, owner: owner("DeployedModel") };
    const model = await timed(deployedModelLifecycle, news);
    const parts = {
      settings: settings.milliseconds,
      group: group.milliseconds,
      connector: connector.milliseconds,
      model: model.milliseconds,
    };
    return { milliseconds: Object.values(parts).reduce((sum, part) => sum + part, 0), parts, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function create<I extends object, S extends object>(lifecycle: Lifecycle<I, S>, news: object): Promise<Made> {
  const { inputs, failures } = lifecycle.check(news, {});
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  const { id, state } = await lifecycle.create(inputs);
  return { id, remove: () => lifecycle.delete(id, state) };
}
