import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../providers/search-index/lifecycle";
import type { Lifecycle } from "../../providers/shared/lifecycle";
import { created, urn, type World } from "./lifecycle-support";

export type AnyLifecycle = Lifecycle<Record<string, unknown>, Record<string, unknown>>;

export interface Made {
  readonly id: string;
  readonly state: Record<string, unknown>;
  readonly inputs: Record<string, unknown>;
}

/** One resource of each kind on the world's cluster: what makes it. */
export function kindsIn(world: () => World): readonly (readonly [string, AnyLifecycle, () => Promise<Made>])[] {
  return [
    [
      "ClusterSetting",
      clusterSettingLifecycle as unknown as AnyLifecycle,
      async () => {
        const settings = { "plugins.ml_commons.connector.private_ip_enabled": true };
        const inputs = { connection: world().connection, owner: urn("ClusterSetting", "x"), settings };
        return (await created(clusterSettingLifecycle, inputs)) as unknown as Made;
      },
    ],
    [
      "ModelGroup",
      modelGroupLifecycle as unknown as AnyLifecycle,
      async () => (await created(modelGroupLifecycle, world().groupInputs("x"))) as unknown as Made,
    ],
    [
      "Connector",
      connectorLifecycle as unknown as AnyLifecycle,
      async () => {
        await world().open();
        const more = { credential: { api_key: "sk-Very-Secret-Key" } };
        return (await created(connectorLifecycle, world().connectorInputs("x", more))) as unknown as Made;
      },
    ],
    [
      "DeployedModel",
      deployedModelLifecycle as unknown as AnyLifecycle,
      async () => {
        await world().open();
        const group = await created(modelGroupLifecycle, world().groupInputs("g"));
        const connector = await created(connectorLifecycle, world().connectorInputs("c"));
        return (await created(
          deployedModelLifecycle,
          world().modelInputs("x", group.id, connector.id),
        )) as unknown as Made;
      },
    ],
    [
      "SearchIndex",
      searchIndexLifecycle as unknown as AnyLifecycle,
      async () => {
        const inputs = { connection: world().connection, owner: urn("SearchIndex", "x") };
        return (await created(searchIndexLifecycle, inputs)) as unknown as Made;
      },
    ],
  ];
}
