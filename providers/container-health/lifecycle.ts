import { checkWith } from "../shared/checking";
import { changedKeys, pick } from "../shared/compare";
import { explained, nameOf } from "../shared/explain";
import type { Lifecycle } from "../shared/lifecycle";
import { timeoutMilliseconds } from "../shared/timeouts";
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
      await waitUntilHealthy(inputs, timeoutMilliseconds(inputs.timeouts, "createSeconds"));
      return { id: nameOf(inputs) || inputs.containerId, state: stateOf(inputs) };
    },
    read: async (_id, state) => ({ state, inputs: pick(state, [...INPUT_KEYS, "owner"]) }),
    update: async (_id, _olds, inputs) => {
      await waitUntilHealthy(inputs, timeoutMilliseconds(inputs.timeouts, "updateSeconds"));
      return stateOf(inputs);
    },
    delete: async () => undefined,
  },
  (properties) => [(properties as Partial<ContainerHealthInputs>).dockerTls?.keyMaterial],
);

function stateOf(inputs: ContainerHealthInputs): ContainerHealthState {
  return { ...inputs, schemaVersion: SCHEMA_VERSION };
}
