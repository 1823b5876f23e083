import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../shared/unknown";

/**
 * Applies a function to inputs. Returns a plain value if all inputs are plain, else an output. Without outputs,
 * everything is checked and shown in previews; secrets and unknown values keep that property.
 *
 * @example
 * ```ts
 * applied({ host: "ollama", port: 11434 }, ({ host, port }) => `http://${host}:${port}`); // a string
 * applied({ host: container.name, port: 11434 }, ({ host, port }) => `http://${host}:${port}`); // an output
 * ```
 */
export function applied<T, U>(given: T, make: (known: pulumi.Unwrap<T>) => U): U | pulumi.Output<U> {
  // A value without outputs is already unwrapped.
  if (!hasOutputs(given)) return make(given as pulumi.Unwrap<T>);
  return pulumi.output(given).apply(make) as pulumi.Output<U>;
}

/** Whether a value is or contains an output or a promise, at any depth. */
export function hasOutputs(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasOutputs);
}

/** Replaces outputs by the placeholder for unknown values, so that the other values can be checked. */
export function withoutOutputs(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutOutputs(member)]));
}
