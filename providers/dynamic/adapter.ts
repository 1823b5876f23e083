import type * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../../diagnosis/failure";
import { type Lifecycle, PartialFailure } from "../shared/lifecycle";
import { traced } from "./traced";
import { PROVIDER_KEY, type Properties, wireProperties, withoutProvider } from "./wire";

type ResourceProvider = pulumi.dynamic.ResourceProvider<Properties, Properties>;

/**
 * Adapts a lifecycle to Pulumi's interface of dynamic providers, and guards against what the engine handles badly:
 * properties are cleaned for the wire, ids are non-empty strings, everything thrown is an `Error` without a stack, and
 * a partial failure carries its reason and the provider's stored text.
 */
export function toResourceProvider<I extends object, S extends object>(lifecycle: Lifecycle<I, S>): ResourceProvider {
  const inputsOf = (properties: unknown) => withoutProvider(properties) as I;
  const stateOf = (properties: unknown) => withoutProvider(properties) as S;
  return traced({
    check: async (olds: unknown, news: Properties) => {
      const { inputs, failures } = guarded(() => lifecycle.check(withoutProvider(news), withoutProvider(olds)));
      // The engine prints the whole value of a named property, including secrets. The reason contains its name instead.
      return { inputs: wireProperties(inputs), failures: failures.map(({ reason }) => ({ property: "", reason })) };
    },
    diff: async (id, olds, news) => {
      const { changes, replaces, deleteBeforeReplace } = guarded(() =>
        lifecycle.diff(id, stateOf(olds), inputsOf(news)),
      );
      return { changes, replaces: [...(replaces ?? [])], ...(deleteBeforeReplace ? { deleteBeforeReplace } : {}) };
    },
    create: async (inputs) => {
      return await guardedAsync(inputs, async () => {
        const { id, state } = await lifecycle.create(inputsOf(inputs));
        return { id: usableId(id), outs: wireProperties(state) };
      });
    },
    read: async (id, properties) => {
      return await guardedAsync(properties, async () => {
        const found = await lifecycle.read(id, stateOf(properties));
        if (found === undefined) return {};
        return { id, props: wireProperties(found.state), inputs: wireProperties(found.inputs) };
      });
    },
    update: async (id, olds, news) => {
      return await guardedAsync(news, async () => {
        const state = await lifecycle.update(id, stateOf(olds), inputsOf(news));
        return { outs: wireProperties(state) };
      });
    },
    delete: async (id, properties) => {
      await guardedAsync(properties, () => lifecycle.delete(id, stateOf(properties)));
    },
  });
}

function usableId(id: unknown): string {
  if (typeof id === "string" && id !== "") return id;
  throw new Error(`The server answered no usable id (${JSON.stringify(id)}), so the resource cannot be tracked.`);
}

/** Runs `check` or `diff`. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw forEngine(error, undefined);
  }
}

/** Runs an operation on the server. A partial failure needs the provider's text from `properties`. */
async function guardedAsync<T>(properties: unknown, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw forEngine(error, properties);
  }
}

interface EngineError extends Error {
  id?: string;
  properties?: Properties;
  reasons?: string[];
}

/** The engine would print a stack after the message, and prints only `reasons` for a partial failure. */
function forEngine(error: unknown, properties: unknown): EngineError {
  const answer = withoutStack(error);
  if (!(error instanceof PartialFailure)) return answer;
  try {
    const id = usableId(error.id);
    const state = { ...wireProperties(error.state), ...providerText(properties) };
    return Object.assign(answer, { id, properties: state, reasons: [answer.message] });
  } catch (unusable) {
    return withoutStack(unusable);
  }
}

function withoutStack(error: unknown): EngineError {
  const message = messageOf(error);
  const answer: EngineError = new Error(message || "The operation failed without a message.");
  answer.stack = "";
  return answer;
}

/** Leaves the key out if there is no text: an `undefined` member would hang the engine. */
function providerText(properties: unknown): Properties {
  const text =
    typeof properties === "object" && properties !== null ? (properties as Properties)[PROVIDER_KEY] : undefined;
  return text === undefined ? {} : { [PROVIDER_KEY]: text };
}
