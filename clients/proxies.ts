import { isLoopback } from "./base-url";

/** Node.js's own switch for the proxies that the environment names; without it they count for nobody here. */
const SWITCH = "NODE_USE_ENV_PROXY";

/**
 * Options of an agent of `node:http` or `node:https` that asks this URL through the proxy of `HTTP_PROXY`, `HTTPS_PROXY`
 * and `NO_PROXY`, as Node.js reads them (24.5 and later, and 22.21): where `NODE_USE_ENV_PROXY=1` says so, as for its own
 * `fetch`. This machine itself is never asked through one.
 */
export function proxyOptions(url: string, environment = process.env): { readonly proxyEnv?: NodeJS.ProcessEnv } {
  return environment[SWITCH] === "1" && !isLoopback(url) ? { proxyEnv: environment } : {};
}

/** A proxy of the environment that would have been asked for this URL, by its variable's name, were it not for the switch. */
export function unusedProxy(url: string, environment = process.env): string | undefined {
  if (environment[SWITCH] === "1" || isLoopback(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  if (isExcepted(hostname, environment.no_proxy || environment.NO_PROXY || "")) return undefined;
  const name = `${protocol.slice(0, -1)}_proxy`;
  return [name, name.toUpperCase()].find((variable) => environment[variable]);
}

/** As a variable that is set and does not count is told. */
export function unusedProxyHint(url: string): string {
  const variable = unusedProxy(url);
  return variable === undefined ? "" : ` (${variable} is set, and counts only with ${SWITCH}=1)`;
}

function isExcepted(host: string, exceptions: string): boolean {
  return exceptions
    .split(/[\s,]+/)
    .map((entry) => entry.replace(/:\d+$/, "").replace(/^\*?\./, "."))
    .some((entry) => entry === "*" || entry === host || (entry.startsWith(".") && host.endsWith(entry)));
}
