const PARTS = /^https?:\/\/([^/?#]*)([^#]*)(#?)/i;
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
/** What Java's `URI` knows as a host: no underscore, and a last part that begins with a letter, or an address. */
const HOST = new RegExp(
  `^(?:(?:${LABEL}\\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?\\.?|\\d{1,3}(?:\\.\\d{1,3}){3}|\\d+|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`,
  "i",
);
/** Spaces, control characters, and these: Java's `URI` refuses them, in a path brackets too. */
const NOT_IN_PATH = /[\s\p{Cc}\p{Z}"<>\\^`{|}[\]]|%(?![0-9a-f]{2})/iu;
const NOT_IN_QUERY = /[\s\p{Cc}\p{Z}"<>\\^`{|}]|%(?![0-9a-f]{2})/iu;

/**
 * Why OpenSearch could never call a URL whose placeholders are filled, as the rest of a sentence, or `undefined`. It reads
 * it by Java's `URI`, which is stricter than browsers are, and says so only when a model is asked.
 */
export function callableProblem(url: string): string | undefined {
  const [, authority, rest = "", fragment] = PARTS.exec(url) ?? [];
  if (authority === undefined) return "must begin with http:// or https://";
  if (!HOST.test(authority) || !URL.canParse(url)) {
    return `has the host ${JSON.stringify(authority)}, which OpenSearch cannot read: letters, digits, hyphens and dots, the last part beginning with a letter, then perhaps a port; or an IP address`;
  }
  const [path = "", ...query] = rest.split("?");
  const sign = NOT_IN_PATH.exec(path)?.[0] ?? NOT_IN_QUERY.exec(query.join("?"))?.[0];
  if (sign !== undefined)
    return `holds ${JSON.stringify(sign)}, which OpenSearch refuses in a URL: write it percent-encoded`;
  return fragment === "#" ? "holds #, and what stands behind it is never sent" : undefined;
}
