import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { hostOf, isLoopback, isLoopbackHost, normalUrl } from "../providers/shared/base-url";

/** Where a stack's ports are published unless told otherwise. */
export const DEFAULT_PUBLISH_ADDRESS = "127.0.0.1";

/** Stand for every address of the machine, of one family each. */
const EVERY_IPV4 = "0.0.0.0";
const EVERY_IPV6 = "::";
/** Reached as `localhost`: as IPv4, which is what is published then, or as IPv6, where nobody must listen. */
const BY_NAME: readonly string[] = [DEFAULT_PUBLISH_ADDRESS, EVERY_IPV4];
const LOOPBACK_IPV6 = "::1";

/** The address as Docker shows it: another spelling of an IPv6 address would be a change for ever. */
export function publishAddressOf(args: { readonly publishAddress?: string }): string {
  return withoutBrackets(hostOf(args.publishAddress ?? DEFAULT_PUBLISH_ADDRESS));
}

/**
 * The host that a client on this machine puts into URLs to reach what is published on an address. Endpoints, outputs,
 * the certificate, the check of ports and `doctor` all ask this function.
 */
export function clientHost(publishAddress: string): string {
  if (BY_NAME.includes(publishAddress)) return "localhost";
  return hostOf(publishAddress === EVERY_IPV6 ? LOOPBACK_IPV6 : publishAddress);
}

/** The URL at which a client on this machine reaches a published port. */
export function clientUrl(scheme: "http" | "https", publishAddress: string, port: number): string {
  return `${scheme}://${clientHost(publishAddress)}:${port}`;
}

/** What a certificate must name besides `localhost` for clients of a published port. */
export function certificateAddresses(publishAddress: string): string[] {
  const host = clientHost(publishAddress);
  const loopback = [DEFAULT_PUBLISH_ADDRESS];
  return host === "localhost" ? loopback : [...new Set([...loopback, withoutBrackets(host)])];
}

/** The single addresses on which nobody else may listen, or clients would reach them, or Docker would be refused. */
export function occupiedAddresses(publishAddress: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const ofFamily = (family: "IPv4" | "IPv6") => all.filter((one) => one.family === family && !one.scopeid);
  const addresses = (family: "IPv4" | "IPv6") => ofFamily(family).map(({ address }) => address);
  if (publishAddress === EVERY_IPV4) return [...addresses("IPv4"), LOOPBACK_IPV6];
  if (publishAddress === EVERY_IPV6) return addresses("IPv6");
  return BY_NAME.includes(publishAddress) ? [publishAddress, LOOPBACK_IPV6] : [publishAddress];
}

/** Whether what is published on `bound` is what listens on `address`. Docker tells each family apart. */
export function covers(bound: string, address: string): boolean {
  const every = address.includes(":") ? EVERY_IPV6 : EVERY_IPV4;
  return ["", every, address].includes(bound);
}

/** Whether a port that is published on an address answers at a host of this machine. */
export function answersAt(publishAddress: string, hostname: string): boolean {
  if (["", EVERY_IPV4, EVERY_IPV6].includes(publishAddress)) return true;
  const host = clientHost(publishAddress);
  return host === hostname || (host === "localhost" && isLoopbackHost(hostname));
}

/**
 * Whether Docker can publish on an address, and a client reach it there: no group, no address of a single link, which
 * would need the name of the link, and none of IPv4 written as IPv6.
 */
export function isPublishAddress(text: string): boolean {
  if (isIP(text) === 4) return text === EVERY_IPV4 || (!/^0\./.test(text) && Number(text.split(".")[0]) < 224);
  return isIP(text) === 6 && !text.includes("%") && !/^(?:ff|fe[89ab]|::ffff:)/.test(withoutBrackets(hostOf(text)));
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** Name by which a container reaches its host; Docker resolves it through an entry of the hosts file. */
export const HOST_GATEWAY = "host.docker.internal";

const PRIVATE_IPV4 = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** The same URL as a container on this machine has to write it: there, localhost is the container. */
export function fromContainer(url: string): string {
  if (!isLoopback(url)) return url;
  const { protocol, port, pathname } = new URL(url);
  return normalUrl(`${protocol}//${HOST_GATEWAY}${port ? `:${port}` : ""}${pathname}`);
}

/**
 * Whether a host may lie at a private address, which ML Commons refuses unless told otherwise. A name without a dot
 * is one of a local network; any other name over plain HTTP is taken for one too, since models are seldom served so
 * on the internet.
 */
export function mayBePrivate(url: string): boolean {
  const { hostname, protocol } = new URL(normalUrl(url));
  if (/^[\d.]+$/.test(hostname)) return PRIVATE_IPV4.test(hostname);
  return protocol === "http:" || !hostname.includes(".") || hostname.startsWith("[");
}
