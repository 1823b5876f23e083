import { isLoopback } from "./base-url";

/** Node.js's own switch for proxy variables. Without it they are ignored here. */
const SWITCH = "NODE_USE_ENV_PROXY";

/**
 * Options for an agent of `node:http` or `node:https` that uses the proxy in `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`
 * as Node.js does (24.5 and later, and 22.21), if `NODE_USE_ENV_PROXY=1` is set, as for its own `fetch`. Loopback
 * addresses never use a proxy.
 */
export function proxyOptions(url: string, environment = process.env): { readonly proxyEnv?: NodeJS.ProcessEnv } {
  return environment[SWITCH] === "1" && !isLoopback(url) ? { proxyEnv: environment } : {};
}

/** Name of the variable whose proxy would be used for this URL if the switch were set. */
export function unusedProxy(url: string, environment = process.env): string | undefined {
  if (environment[SWITCH] === "1" || isLoopback(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  if (isExcepted(hostname, environment.no_proxy || environment.NO_PROXY || "")) return undefined;
  const name = `${protocol.slice(0, -1)}_proxy`;
  return [name, name.toUpperCase()].find((variable) => environment[variable]);
}

/** A hint for messages that a proxy variable is set but not used. */
export function unusedProxyHint(url: string): string {
  const variable = unusedProxy(url);
  return variable === undefined ? "" : ` (${variable} is set, but is only used with ${SWITCH}=1)`;
}

function isExcepted(host: string, exceptions: string): boolean {
  return exceptions
    .split(/[\s,]+/)
    .map((entry) => entry.replace(/:\d+$/, "").replace(/^\*?\./, "."))
    .some((entry) => entry === "*" || entry === host || (entry.startsWith(".") && host.endsWith(entry)));
}
