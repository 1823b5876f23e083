import { REDACTED, withoutCredentials } from "./credentials";

/** Shorter secrets are not redacted: replacing every occurrence would garble ordinary words and protect nothing. */
const MIN_LENGTH = 4;

/**
 * All secrets seen in this process. This is the only process-wide state of the clients. Secrets cannot be passed in,
 * because everything printed comes through here: if a model server echoes its key, the error of a deployed model
 * contains a connector's credential that the model's code never had.
 */
const remembered = new Set<string>();

/** Redacts these from everything this process prints from now on. */
export function rememberSecrets(secrets: readonly unknown[]): void {
  for (const secret of secrets.filter(isWorthHiding)) remembered.add(secret);
}

/**
 * Replaces the given secrets and all remembered ones, also in JSON, URL and base64 encoding, and anything that looks
 * like a secret. All printed text goes through here.
 */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  const known = [...secrets.filter(isWorthHiding), ...remembered];
  for (const secret of [...new Set(known)].sort((a, b) => b.length - a.length)) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)];
    for (const form of forms) clean = clean.replaceAll(form, REDACTED);
  }
  return withoutCredentials(clean);
}

function isWorthHiding(secret: unknown): secret is string {
  return typeof secret === "string" && secret.length >= MIN_LENGTH;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
