/** What a server's endpoint has to be, for messages. */
export const BASE_URL_RULE = "must be an http:// or https:// URL without a path, such as https://localhost:9200";

/** True for the base URL of a server: http or https, a host, at most a port. */
export function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const web = url.protocol === "http:" || url.protocol === "https:";
  return (
    web && url.hostname !== "" && url.pathname === "/" && url.search === "" && url.hash === "" && !hasUserInfo(text)
  );
}

/** Whether a URL names a user or a password, as in `http://user:password@host` or `http://:password@host`. */
export function hasUserInfo(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}
