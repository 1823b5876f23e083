import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../shared/unknown";

/**
 * What a function makes of inputs: its result at once where all of them are plain values, else an output. So a program
 * without outputs is checked and previewed as a whole, and secrets and unknown values stay what they are.
 *
 * @example
 * ```ts
 * applied({ host: "ollama", port: 11434 }, ({ host, port }) => `http://${host}:${port}`); // a string
 * applied({ host: container.name, port: 11434 }, ({ host, port }) => `http://${host}:${port}`); // an output
 * ```
 */
export function applied<T, U>(given: T, make: (known: pulumi.Unwrap<T>) => U): U | pulumi.Output<U> {
  // Without an output in it, the value is what it would be unwrapped to.
  if (isPlain(given)) return make(given as pulumi.Unwrap<T>);
  return pulumi.output(given).apply(make) as pulumi.Output<U>;
}

/** Whether no output or promise stands anywhere in a value. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isPlain);
}

/** The same value with the marker for unknown values in place of outputs, so that the rest can be checked. */
export function withoutOutputs(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutOutputs(member)]));
}
