import { UnreachableError } from "../../clients/errors";
import { type Connection, PASSWORD_OVERRIDE } from "../../clients/opensearch/connect";
import { redact, rememberSecrets } from "../../clients/redact";
import { causeAndFix } from "../../diagnosis/diagnose";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { type Lifecycle, PartialFailure } from "./lifecycle";

/** Environment variable that lets `destroy` drop resources from the state when their server is gone for good. */
export const FORGET_UNREACHABLE = "OLLAMA_CHAT_FORGET_UNREACHABLE";

/**
 * Wraps a lifecycle so that its errors explain themselves: what failed (resource, operation, the server's message with
 * secrets redacted), the likely cause, and the fix.
 *
 * @param secretsOf lists the secrets in a resource's properties, for redaction.
 */
export function explained<I extends object, S extends object>(
  kind: string,
  lifecycle: Lifecycle<I, S>,
  secretsOf: (properties: object) => readonly (string | undefined)[],
): Lifecycle<I, S> {
  const wrap = async <T>(operation: string, properties: object, run: () => Promise<T>): Promise<T> => {
    rememberSecrets(secretsOf(properties));
    try {
      return await run();
    } catch (error) {
      throw explain(kind, operation, properties, secretsOf(properties), error);
    }
  };
  return {
    check: (news, olds) => {
      if (typeof news === "object" && news !== null) rememberSecrets(secretsOf(news));
      const { inputs, failures } = lifecycle.check(news, olds);
      return { inputs, failures: failures.map((failure) => ({ ...failure, reason: redact(failure.reason, []) })) };
    },
    diff: lifecycle.diff,
    create: (inputs) => wrap("create", inputs, () => lifecycle.create(inputs)),
    read: (id, state) => wrap("read", state, () => lifecycle.read(id, state)),
    update: (id, olds, news) => wrap("update", news, () => lifecycle.update(id, olds, news)),
    delete: (id, state) => wrap("delete", state, () => lifecycle.delete(id, state)),
  };
}

function explain(
  kind: string,
  operation: string,
  properties: object,
  secrets: readonly (string | undefined)[],
  error: unknown,
): Error {
  if (error instanceof PartialFailure) {
    const cause = explain(kind, operation, properties, secrets, error.cause);
    return new PartialFailure(error.id, error.state, cause);
  }
  const named = `${kind} ${JSON.stringify(nameOf(properties))}: ${operation} failed`;
  if (error instanceof ExplainedError) {
    const { what, cause, fix } = error.explanation;
    return new ExplainedError({ what: redact(`${named}: ${what}`, secrets), cause, fix });
  }
  const text = messageOf(error);
  const { cause, fix } = causeAndFix(error);
  const forget =
    operation === "delete" && error instanceof UnreachableError
      ? ` If the server is gone for good, run pulumi destroy with ${FORGET_UNREACHABLE}=1.`
      : "";
  return new ExplainedError({ what: redact(`${named}: ${text}`, secrets), cause, fix: fix + forget });
}

/** The resource's logical name: the last part of its URN. */
export function nameOf(properties: object): string {
  const owner = (properties as { owner?: unknown }).owner;
  if (typeof owner === "string" && owner.includes("::")) return owner.slice(owner.lastIndexOf("::") + 2);
  const name = (properties as { name?: unknown }).name;
  return typeof name === "string" ? name : "";
}

/** The secrets in a resource's connection. */
export function connectionSecrets(properties: object): (string | undefined)[] {
  const connection = (properties as { connection?: Connection }).connection;
  const fromVariable = connection?.passwordEnv === undefined ? undefined : process.env[connection.passwordEnv];
  const passwords = [connection?.password, fromVariable, process.env[PASSWORD_OVERRIDE]].filter((text) => text);
  // The header of basic authentication contains user and password together.
  const ofUser = passwords.flatMap((password) => [password, `${connection?.username}:${password}`]);
  const { clientKey, aws } = connection ?? {};
  return [...ofUser, ...[clientKey, aws?.secretAccessKey, aws?.sessionToken].filter((text) => text !== undefined)];
}
