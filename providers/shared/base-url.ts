import { BaseUrl } from "../../clients/base-url";

export { BaseUrl, hostOf, isLoopback, isLoopbackHost, isThisMachine, normalUrl } from "../../clients/base-url";

/** What a server's endpoint has to be, for messages. */
export const BASE_URL_RULE =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";

/** Paths of Ollama's, OpenAI's and OpenSearch's own APIs: who asks puts them behind the endpoint. */
const OF_THE_API = /\/(?:_[^/]*(?:\/.*)?|v1(?:\/.*)?|api(?:\/(?:generate|chat|embed|embeddings|tags|version)\/?)?)$/;

/** What is wrong with a server's endpoint, as the rest of a sentence, or `undefined`. A path in front of the API is fine. */
export function baseUrlProblem(text: string): string | undefined {
  const url = BaseUrl.parse(text);
  if (url === undefined) return withoutScheme(text) ?? BASE_URL_RULE;
  const own = OF_THE_API.exec(url.path)?.[0];
  return own === undefined
    ? undefined
    : `must be the server's address alone, without ${own}, which is added when it is asked`;
}

/** `localhost:11434` is read as a URL of the scheme `localhost`, so nothing else would say what is missing. */
function withoutScheme(text: string): string | undefined {
  const meant = /^(?!https?:)[^/@]*:\d/i.test(text) ? BaseUrl.parse(`http://${text}`) : undefined;
  return meant && `must begin with http:// or https://, as in ${meant.text}`;
}

/** Whether a URL names a user or a password, as in `http://user:password@host` or `http://:password@host`. */
export function hasUserInfo(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}
