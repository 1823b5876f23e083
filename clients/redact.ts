import { withoutCredentials } from "./credentials";

const MARK = "[secret]";
/** Below this, replacing every occurrence would mangle ordinary words without hiding anything worth hiding. */
const SHORTEST = 4;

/**
 * The one thing that clients remember of a process: the secrets that it has met. Everything that is printed comes through
 * here, whoever prints it, so they cannot be passed in: a model server that echoes its key shows the credential of a
 * connector in the error of a deployed model, which was never told that credential.
 */
const met = new Set<string>();

/** From now on these are redacted in whatever this process says. */
export function rememberSecrets(secrets: readonly unknown[]): void {
  for (const secret of secrets.filter(isWorthHiding)) met.add(secret);
}

/**
 * Replaces every occurrence of the given secrets and of those that this process has met, also in their JSON- and
 * URL-encoded and base64 forms, and what its form alone shows to be secret. Whatever is printed goes through here.
 */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  const known = [...secrets.filter(isWorthHiding), ...met];
  for (const secret of [...new Set(known)].sort((a, b) => b.length - a.length)) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)];
    for (const form of forms) clean = clean.replaceAll(form, MARK);
  }
  return withoutCredentials(clean);
}

function isWorthHiding(secret: unknown): secret is string {
  return typeof secret === "string" && secret.length >= SHORTEST;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
