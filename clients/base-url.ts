import { networkInterfaces } from "node:os";

/** Blanks, line breaks, control characters and what nobody sees: `URL` drops some of them without a word. */
const UNSEEN = /[\s\p{C}]/u;
const AUTHORITY = /^https?:\/\/([^/\\?#@]+)(?:\/[^\\?#]*)?$/i;
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const HOST = new RegExp(`^(?:\\[[0-9a-f:.]+\\]|${LABEL}(?:\\.${LABEL})*)$`);
const LONGEST_HOST = 253;
/** What a server listens on to be reached at every address is itself none: a client on the same machine takes loopback. */
const CLIENT_HOST: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

/**
 * The address of a server in its one form, to which a path can be joined: scheme and host in lower case, no slash and
 * no dot at the end, `0.0.0.0` as the loopback address it stands for. A port is kept as it is written.
 */
export class BaseUrl {
  private constructor(
    /** The whole of it, without a slash at the end. */
    readonly text: string,
    /** As in `URL`: an IPv6 address stands in brackets. */
    readonly hostname: string,
    /** Also where the URL names none. */
    readonly port: number,
    /** `/prefix`, or empty. */
    readonly path: string,
  ) {}

  /** `undefined` for what is no http or https URL of a host, or has a user, a query, a fragment or blanks in it. */
  static parse(text: string): BaseUrl | undefined {
    const authority = UNSEEN.test(text) ? undefined : AUTHORITY.exec(text)?.[1];
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

/** A server's address in its one form; what is no address stays as it is, for whoever refuses it. */
export function normalUrl(text: string): string {
  return BaseUrl.parse(text)?.text ?? text;
}

/** The same text for addresses that lead to one server as far as their spelling tells: loopback has many. */
export function serverKey(text: string): string {
  const url = BaseUrl.parse(text);
  if (url === undefined) return text;
  return `${isLoopbackHost(url.hostname) ? "localhost" : url.hostname}:${url.port}${url.path}`;
}

const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|0\.0\.0\.0|\[::\])$/;

/** Whether a host, as in `URL.hostname`, is this machine itself for whoever asks. */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** True for a URL whose host is this machine itself. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** True for a URL whose host is this machine, by loopback or by one of its own addresses. */
export function isThisMachine(url: string, addresses: readonly string[] = ownAddresses()): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return isLoopbackHost(hostname) || addresses.map(hostOf).includes(hostname);
}

/** An IP address as the host of a URL: the short form, IPv6 in brackets. */
export function hostOf(address: string): string {
  const url = `http://${address.includes(":") ? `[${address}]` : address}`;
  return URL.canParse(url) ? new URL(url).hostname : address;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}
