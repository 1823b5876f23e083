import { Deadline } from "../../clients/wait";
import { checkWith } from "../shared/checking";
import { changedKeys, pick } from "../shared/compare";
import { connectionSecrets, explained, nameOf } from "../shared/explain";
import type { Lifecycle } from "../shared/lifecycle";
import { timeoutMilliseconds } from "../shared/timeouts";
import { untilGreen } from "./green";
import {
  AWAITED_KEYS,
  type ContainerHealthInputs,
  type ContainerHealthState,
  containerHealthSchema,
  INPUT_KEYS,
  SCHEMA_VERSION,
} from "./inputs";
import { waitUntilHealthy } from "./wait";

/** The wait for a container. It owns nothing, so nothing drifts and nothing is deleted. */
export const containerHealthLifecycle: Lifecycle<ContainerHealthInputs, ContainerHealthState> = explained(
  "ContainerHealth",
  {
    check: (news) => ({ inputs: news as ContainerHealthInputs, failures: checkWith(containerHealthSchema, news) }),
    diff: (_id, olds, news) => ({ changes: changedKeys(olds, news, AWAITED_KEYS).length > 0 }),
    create: async (inputs) => {
      await waitFor(inputs, "createSeconds");
      return { id: nameOf(inputs) || inputs.containerId, state: stateOf(inputs) };
    },
    read: async (_id, state) => ({ state, inputs: pick(state, [...INPUT_KEYS, "owner"]) }),
    update: async (_id, _olds, inputs) => {
      await waitFor(inputs, "updateSeconds");
      return stateOf(inputs);
    },
    delete: async () => undefined,
  },
  (properties) => {
    const { cluster = {}, dockerTls } = properties as Partial<ContainerHealthInputs>;
    return [dockerTls?.keyMaterial, ...connectionSecrets(cluster)];
  },
);

async function waitFor(inputs: ContainerHealthInputs, limit: "createSeconds" | "updateSeconds"): Promise<void> {
  const deadline = Deadline.after(timeoutMilliseconds(inputs.timeouts, limit));
  await waitUntilHealthy(inputs, deadline);
  if (inputs.cluster !== undefined) await untilGreen(inputs.cluster, deadline);
}

function stateOf(inputs: ContainerHealthInputs): ContainerHealthState {
  return { ...inputs, schemaVersion: SCHEMA_VERSION };
}
