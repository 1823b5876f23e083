import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { Refusal } from "./refusal";

/** Who may talk to the page's server. */
export interface Gate {
  /** The address that it listens on, if it is not this machine's own. */
  readonly host?: string;
  /** Required in `Authorization: Bearer …` by everything but the page's own files. */
  readonly token?: string;
}

const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Checks where a request comes from.
 *
 * A page of another site may make the browser send requests here, and may even let its own name lead here (DNS
 * rebinding). So `Host` must be one of this machine's names, and what reads or changes something must come from our own
 * page. A browser sets these headers itself.
 *
 * @throws Refusal if another site, or somebody without the token, asks.
 */
export function letIn({ method, url = "", headers }: IncomingMessage, gate: Gate): void {
  const host = headers.host ?? "";
  if (!isOwnName(host, gate)) throw foreignHost(host);
  if (!url.startsWith("/api/")) return;
  const site = headers["sec-fetch-site"];
  const isFromOwnPage = site === undefined || site === "same-origin" || (site === "none" && method === "GET");
  if (!isFromOwnPage || !isOwnOrigin(headers.origin, host, method)) throw foreignPage(headers.origin);
  if (gate.token !== undefined && !isToken(headers.authorization, gate.token)) throw noToken();
}

function isOwnName(host: string, { host: listensOn }: Gate): boolean {
  const name = nameIn(`http://${host}`)?.hostname;
  if (name === undefined || host.includes("@") || host.includes("/")) return false;
  if (LOOPBACK_NAMES.includes(name)) return true;
  if (listensOn === undefined) return false;
  // Rebinding needs a name, so a bare address is harmless.
  const isAddress = isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  return isAddress || [listensOn, hostname()].some((own) => own.toLowerCase() === name);
}

function isOwnOrigin(origin: string | undefined, host: string, method: string | undefined): boolean {
  // Browsers leave it out only of requests that change nothing.
  if (origin === undefined) return method === "GET";
  return nameIn(origin)?.host === nameIn(`http://${host}`)?.host;
}

function nameIn(url: string): URL | undefined {
  return URL.parse(url) ?? undefined;
}

function isToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization?.replace(/^Bearer /, "") ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function foreignHost(host: string): Refusal {
  return new Refusal(421, {
    what: `This server is not ${JSON.stringify(host.slice(0, 100))}.`,
    cause: "The page was opened by a name that is not this machine's. Another site may have pointed its name here.",
    fix: "Open the address that ollama-chat web printed. To reach it by another name, give that name as --host.",
  });
}

function foreignPage(origin: string | undefined): Refusal {
  return new Refusal(403, {
    what: `The request comes from ${origin === undefined ? "another page" : JSON.stringify(origin.slice(0, 100))}.`,
    cause: "Only the page that ollama-chat web serves may use it.",
    fix: "Open the address that ollama-chat web printed. For scripts there are ollama-chat ask and its --json.",
  });
}

function noToken(): Refusal {
  return new Refusal(401, {
    what: "The token is missing or wrong.",
    cause: "The server can be reached from other machines (--host), so it asks for its token.",
    fix: "Open the whole address that ollama-chat web printed, with everything behind the #, or enter the token.",
  });
}
