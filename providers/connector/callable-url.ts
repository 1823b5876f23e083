const PARTS = /^https?:\/\/([^/?#]*)([^#]*)(#?)/i;
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
/**
 * Hosts that Java's `URI` accepts: names without underscores whose last label begins with a letter, or IP addresses.
 */
const HOST = new RegExp(
  `^(?:(?:${LABEL}\\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?\\.?|\\d{1,3}(?:\\.\\d{1,3}){3}|\\d+|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`,
  "i",
);
/** Characters that Java's `URI` refuses. It refuses brackets only in paths. */
const NOT_IN_PATH = /[\s\p{Cc}\p{Z}"<>\\^`{|}[\]]|%(?![0-9a-f]{2})/iu;
const NOT_IN_QUERY = /[\s\p{Cc}\p{Z}"<>\\^`{|}]|%(?![0-9a-f]{2})/iu;

/**
 * Why OpenSearch cannot call a URL (with placeholders filled), as the end of a sentence, or `undefined`. It parses URLs
 * with Java's `URI`, which is stricter than browsers, and reports an error only when a model is called.
 */
export function callableProblem(url: string): string | undefined {
  const [, authority, rest = "", fragment] = PARTS.exec(url) ?? [];
  if (authority === undefined) return "must begin with http:// or https://";
  if (!HOST.test(authority) || !URL.canParse(url)) {
    return `has the host ${JSON.stringify(authority)}, which OpenSearch cannot read: letters, digits, hyphens and dots, the last part beginning with a letter, then perhaps a port; or an IP address`;
  }
  const [path = "", ...query] = rest.split("?");
  const char = NOT_IN_PATH.exec(path)?.[0] ?? NOT_IN_QUERY.exec(query.join("?"))?.[0];
  if (char !== undefined)
    return `holds ${JSON.stringify(char)}, which OpenSearch refuses in a URL: write it percent-encoded`;
  return fragment === "#" ? "holds #, and nothing after it is ever sent" : undefined;
}
