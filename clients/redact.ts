const MARK = "[secret]";
/** Below this, replacing every occurrence would mangle ordinary words without hiding anything worth hiding. */
const SHORTEST = 4;

/** Replaces every occurrence of the given secrets, also in their JSON- and URL-encoded and base64 forms. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  const known = secrets.filter((s): s is string => typeof s === "string" && s.length >= SHORTEST);
  for (const secret of [...new Set(known)].sort((a, b) => b.length - a.length)) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)];
    for (const form of forms) clean = clean.replaceAll(form, MARK);
  }
  return clean;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
