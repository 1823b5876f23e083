import { isLoopback, normalUrl } from "../providers/shared/base-url";

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
