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
    return { groupId: group.id, groupState: group.state, connectorId: connector.id };
  };
  return {
    groupAndConnector,
    deployed: async (more: Record<string, unknown> = {}) => {
      const { groupId, connectorId } = await groupAndConnector();
      return await created(deployedModelLifecycle, world().modelInputs("m", groupId, connectorId, more));
    },
    /**
     * Makes a connector's credential one that the server cannot read, as after the loss of its key: models on it are
     * registered and not deployed. Gives back what heals it.
     */
    breakCredential: async (connectorId: string) => {
      const path = `/.plugins-ml-connector/_doc/${connectorId}`;
      const { _source: whole } = (await world().api("GET", path)) as {
        _source: { credential: Record<string, string> };
      };
      const write = (document: object) => world().api("PUT", `${path}?refresh=true`, document);
      const spoilt = Object.entries(whole.credential).map(([key, text]) => [key, otherInTheMiddle(text)]);
      await write({ ...whole, credential: Object.fromEntries(spoilt) });
      return async () => void (await write(whole));
    },
    /** The model as the server shows it. */
    seen: (id: string) => world().api("GET", `/_plugins/_ml/models/${id}`),
  };
}

/** The encrypted text with one character of the wrapped key changed: what decrypts it says "Tag mismatch". */
function otherInTheMiddle(text: string): string {
  const at = Math.floor(text.length * 0.45);
  return `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
}
