import * as pulumi from "@pulumi/pulumi";

/**
 * An error for a mistake in a stack's arguments. If it is thrown in an output, the SDK would put the names of all inputs
 * that the output has reached before the message ("error serializing property …"), so its message cannot be changed.
 */
export function refusal(component: string, told: string): pulumi.RunError {
  const message = `OllamaChatStack ${JSON.stringify(component)}: ${told}`;
  return Object.defineProperty(new pulumi.RunError(message), "message", { get: () => message, set: () => undefined });
}
