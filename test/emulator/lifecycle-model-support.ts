import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { created, type World } from "./lifecycle-support";

/** What tests of a deployed model start from, in the world of the running test. */
export function modelsIn(world: () => World) {
  const groupAndConnector = async () => {
    await world().open();
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    const connector = await created(connectorLifecycle, world().connectorInputs("c"));
    return { groupId: group.id, connectorId: connector.id };
  };
  return {
    groupAndConnector,
    deployed: async (more: Record<string, unknown> = {}) => {
      const { groupId, connectorId } = await groupAndConnector();
      return await created(deployedModelLifecycle, world().modelInputs("m", groupId, connectorId, more));
    },
    /** The model as the server shows it. */
    seen: (id: string) => world().api("GET", `/_plugins/_ml/models/${id}`),
  };
}
