import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { BaseUrl, hostOf, isLoopback, isLoopbackHost, normalUrl } from "../providers/shared/base-url";

/** Where a stack's ports are published unless told otherwise. */
export const DEFAULT_PUBLISH_ADDRESS = "127.0.0.1";

/** All addresses of the machine, per family. */
const EVERY_IPV4 = "0.0.0.0";
const EVERY_IPV6 = "::";
/** Clients use `localhost` for these. It may resolve to IPv6 as well, so nothing else may listen there. */
const BY_NAME: readonly string[] = [DEFAULT_PUBLISH_ADDRESS, EVERY_IPV4];
const LOOPBACK_IPV6 = "::1";

/** The address in Docker's spelling. Another spelling of an IPv6 address would show as a change in every preview. */
export function publishAddressOf(args: { readonly publishAddress?: string }): string {
  return withoutBrackets(hostOf(args.publishAddress ?? DEFAULT_PUBLISH_ADDRESS));
}

/**
 * The host in URLs for clients where Pulumi runs: the name of the Docker host if it has one for them, else what follows
 * from the address that ports are published on. Endpoints, outputs, the certificate, the port check and `doctor` all use
 * this function.
 */
export function clientHost(publishAddress: string, hostname?: string): string {
  if (hostname !== undefined) return hostOf(hostname);
  if (BY_NAME.includes(publishAddress)) return "localhost";
  return hostOf(publishAddress === EVERY_IPV6 ? LOOPBACK_IPV6 : publishAddress);
}

/** The URL of a published port for clients on this machine. */
export function clientUrl(scheme: "http" | "https", host: string, port: number): string {
  return `${scheme}://${host}:${port}`;
}

/** Names and IP addresses that a certificate must have for clients of a published port. */
export function certificateNames(publishAddress: string, host = clientHost(publishAddress)) {
  const names = [
    "localhost",
    DEFAULT_PUBLISH_ADDRESS,
    withoutBrackets(clientHost(publishAddress)),
    withoutBrackets(host),
  ];
  const all = [...new Set(names)];
  return { dnsNames: all.filter((name) => isIP(name) === 0), ipAddresses: all.filter((name) => isIP(name) !== 0) };
}

/** Whether ports are published on every address of the host. */
export function isEveryAddress(publishAddress: string): boolean {
  return publishAddress === EVERY_IPV4 || publishAddress === EVERY_IPV6;
}

/** Whether ports are published for clients on the host itself only. */
export function isLocalOnly(publishAddress: string): boolean {
  return isLoopbackHost(hostOf(publishAddress)) && !isEveryAddress(publishAddress);
}

/** Whether a text is a host's name or IP address, as it may stand in a URL, and one that clients can connect to. */
export function isHostname(text: string): boolean {
  if (isIP(text) !== 0) return !isEveryAddress(withoutBrackets(hostOf(text)));
  return !/[:[\]/]/.test(text) && BaseUrl.parse(`http://${text}`) !== undefined;
}

/** Addresses on which nothing else may listen: Docker would be refused, or clients would reach the wrong server. */
export function occupiedAddresses(publishAddress: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const ofFamily = (family: "IPv4" | "IPv6") => all.filter((one) => one.family === family && !one.scopeid);
  const addresses = (family: "IPv4" | "IPv6") => ofFamily(family).map(({ address }) => address);
  if (publishAddress === EVERY_IPV4) return [...addresses("IPv4"), LOOPBACK_IPV6];
  if (publishAddress === EVERY_IPV6) return addresses("IPv6");
  return BY_NAME.includes(publishAddress) ? [publishAddress, LOOPBACK_IPV6] : [publishAddress];
}

/** Whether a port that is published on `bound` is the one that listens on `address`. */
export function covers(bound: string, address: string): boolean {
  const every = address.includes(":") ? EVERY_IPV6 : EVERY_IPV4;
  return ["", every, address].includes(bound);
}

/** Whether a port that is published on an address can be reached at a host name of this machine. */
export function isReachableAt(publishAddress: string, hostname: string): boolean {
  if (["", EVERY_IPV4, EVERY_IPV6].includes(publishAddress)) return true;
  const host = clientHost(publishAddress);
  return host === hostname || (host === "localhost" && isLoopbackHost(hostname));
}

/**
 * Whether Docker can publish on an address and clients can reach it. Multicast, link-local (which needs a zone) and
 * IPv4-mapped IPv6 addresses are out.
 */
export function isPublishAddress(text: string): boolean {
  if (isIP(text) === 4) return text === EVERY_IPV4 || (!/^0\./.test(text) && Number(text.split(".")[0]) < 224);
  return isIP(text) === 6 && !text.includes("%") && !/^(?:ff|fe[89ab]|::ffff:)/.test(withoutBrackets(hostOf(text)));
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** Name of the host inside a container; Docker resolves it through the hosts file. */
export const HOST_GATEWAY = "host.docker.internal";

const PRIVATE_IPV4 = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** The same URL for a container on this machine, where localhost would be the container itself. */
export function fromContainer(url: string): string {
  if (!isLoopback(url)) return url;
  const { protocol, port, pathname } = new URL(url);
  return normalUrl(`${protocol}//${HOST_GATEWAY}${port ? `:${port}` : ""}${pathname}`);
}

/**
 * Whether a URL may point to a private address, which ML Commons refuses by default. A name without a dot belongs to a
 * local network. Any name over plain HTTP is assumed to, since models are rarely served over HTTP on the internet.
 */
export function mayBePrivate(url: string): boolean {
  const { hostname, protocol } = new URL(normalUrl(url));
  if (/^[\d.]+$/.test(hostname)) return PRIVATE_IPV4.test(hostname);
  return protocol === "http:" || !hostname.includes(".") || hostname.startsWith("[");
}
