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
