import { networkInterfaces } from "node:os";

/** Whitespace, control and invisible characters. `URL` silently drops some of them. */
const INVISIBLE = /[\s\p{C}]/u;
const AUTHORITY = /^https?:\/\/([^/\\?#@]+)(?:\/[^\\?#]*)?$/i;
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const HOST = new RegExp(`^(?:\\[[0-9a-f:.]+\\]|${LABEL}(?:\\.${LABEL})*)$`);
const LONGEST_HOST = 253;
/**
 * A server listens on these to be reachable at every address, but a client cannot connect to them. It uses loopback
 * instead.
 */
const CLIENT_HOST: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

/**
 * A server's address in canonical form, ready to have a path appended: scheme and host in lower case, no trailing slash
 * or dot, loopback in place of `0.0.0.0`. A written port is kept.
 */
export class BaseUrl {
  private constructor(
    /** The whole address, without a trailing slash. */
    readonly text: string,
    /** As in `URL`, with brackets around an IPv6 address. */
    readonly hostname: string,
    /** The written port, or the scheme's default. */
    readonly port: number,
    /** `/prefix`, or empty. */
    readonly path: string,
  ) {}

  /**
   * `undefined` unless the text is an http or https URL with a host and without user, query, fragment or whitespace.
   */
  static parse(text: string): BaseUrl | undefined {
    const authority = INVISIBLE.test(text) ? undefined : AUTHORITY.exec(text)?.[1];
    if (authority === undefined || authority.endsWith(":") || !URL.canParse(text)) return undefined;
    const url = new URL(text);
    const bare = url.hostname.replace(/\.$/, "");
    if (bare.length > LONGEST_HOST || !HOST.test(bare)) return undefined;
    const hostname = CLIENT_HOST[bare] ?? bare;
    const written = /:(\d+)$/.exec(authority)?.[1];
    const port = written === undefined ? (url.protocol === "https:" ? 443 : 80) : Number(written);
    if (port === 0) return undefined;
    const path = url.pathname.replace(/\/+$/, "");
    const origin = `${url.protocol}//${hostname}${written === undefined ? "" : `:${port}`}`;
    return new BaseUrl(origin + path, hostname, port, path);
  }
}

/**
 * A server's address in canonical form. Anything that is not an address is returned unchanged; validation rejects it
 * later.
 */
export function normalUrl(text: string): string {
  return BaseUrl.parse(text)?.text ?? text;
}

/**
 * A key that is equal for addresses of the same server, as far as their spelling shows. All loopback names are equal.
 */
export function serverKey(text: string): string {
  const url = BaseUrl.parse(text);
  if (url === undefined) return text;
  return `${isLoopbackHost(url.hostname) ? "localhost" : url.hostname}:${url.port}${url.path}`;
}

const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|0\.0\.0\.0|\[::\])$/;

/** Whether a host, as in `URL.hostname`, is a loopback or wildcard address. */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether a URL's host is a loopback or wildcard address. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** Whether a URL's host is this machine, by loopback or by one of its own addresses. */
export function isThisMachine(url: string, addresses: readonly string[] = ownAddresses()): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return isLoopbackHost(hostname) || addresses.map(hostOf).includes(hostname);
}

/** An IP address as it appears in a URL: in short form, with IPv6 in brackets. */
export function hostOf(address: string): string {
  const url = `http://${address.includes(":") ? `[${address}]` : address}`;
  return URL.canParse(url) ? new URL(url).hostname : address;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}
