import { BaseUrl } from "../../clients/base-url";

export {
  BaseUrl,
  hostOf,
  isLoopback,
  isLoopbackHost,
  isThisMachine,
  normalUrl,
  serverKey,
} from "../../clients/base-url";

/** The rule for a server's endpoint, for messages. */
export const BASE_URL_RULE =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";

/** Paths of the Ollama, OpenAI and OpenSearch APIs. Callers append them to the endpoint themselves. */
const API_PATH = /\/(?:_[^/]*(?:\/.*)?|v1(?:\/.*)?|api(?:\/(?:generate|chat|embed|embeddings|tags|version)\/?)?)$/;

/**
 * What is wrong with a server's endpoint, as the end of a sentence, or `undefined`. A proxy's path prefix is allowed.
 */
export function baseUrlProblem(text: string): string | undefined {
  const url = BaseUrl.parse(text);
  if (url === undefined) return withoutScheme(text) ?? BASE_URL_RULE;
  const apiPath = API_PATH.exec(url.path)?.[0];
  return apiPath === undefined
    ? undefined
    : `must be the server's address alone, without ${apiPath}, which is added to each request`;
}

/** The problem of an address such as `localhost:11434`, which parses as a URL with the scheme `localhost`. */
function withoutScheme(text: string): string | undefined {
  const meant = /^(?!https?:)[^/@]*:\d/i.test(text) ? BaseUrl.parse(`http://${text}`) : undefined;
  return meant && `must begin with http:// or https://, as in ${meant.text}`;
}

/** Whether a URL contains a user or a password, as in `http://user:password@host` or `http://:password@host`. */
export function hasUserInfo(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}
