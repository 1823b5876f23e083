/** An Ollama behind the proxy. */
export interface ProxiedServer {
  /** Letters, digits and hyphens. */
  readonly name: string;
  /** Host and port as the proxy reaches it. */
  readonly address: string;
}

/** Where the proxy of a stack listens, in its container. */
export const PROXY_PORT = 11434;

/** Path under which each server answers alone, so that models can be pulled on each. */
export function ownPath(server: Pick<ProxiedServer, "name">): string {
  return `/${server.name}`;
}

/**
 * HAProxy's configuration for several Ollamas behind one address. It asks each for its version every two seconds, and the
 * one with the fewest answers to write gets the next question. Only a question that could not be sent is sent to another
 * one. Answers pass through as they are written, and may take a day.
 *
 * @param isInDocker their names are looked up in Docker's DNS while the proxy runs, since a container that starts again
 *   may have another address
 */
export function proxyConfig(servers: readonly ProxiedServer[], isInDocker: boolean): string {
  const found = isInDocker ? "resolvers docker init-addr libc,none" : "init-addr libc";
  const checked =
    "check inter 2s fastinter 500ms downinter 1s fall 2 rise 1 observe layer4 error-limit 1 on-error mark-down";
  return [
    "global",
    "  log stdout format raw local0 notice",
    "defaults",
    "  mode http",
    "  log global",
    "  option dontlog-normal",
    "  option http-no-delay",
    // A connection of its own for each question: one that ends just then would lose the question.
    "  http-reuse never",
    "  timeout connect 3s",
    "  timeout http-request 60s",
    "  timeout http-keep-alive 1h",
    "  timeout client 24h",
    "  timeout server 24h",
    "  timeout check 10s",
    // A machine that is gone says nothing; its answers end after half a minute.
    "  option srvtcpka",
    "  srvtcpka-idle 15s",
    "  srvtcpka-intvl 5s",
    "  srvtcpka-cnt 3",
    ...(isInDocker
      ? [
          "resolvers docker",
          "  nameserver dns 127.0.0.11:53",
          "  hold valid 1s",
          "  hold nx 5s",
          "  timeout resolve 1s",
        ]
      : []),
    "frontend ollama",
    `  bind :${PROXY_PORT}`,
    ...servers.map(
      (one) => `  use_backend only-${one.name} if { path ${ownPath(one)} } or { path_beg ${ownPath(one)}/ }`,
    ),
    "  default_backend all",
    "backend all",
    "  balance leastconn",
    "  option httpchk GET /api/version",
    "  http-check expect status 200",
    "  option redispatch 1",
    "  retries 3",
    "  retry-on conn-failure",
    ...servers.map(({ name, address }) => `  server ${name} ${address} ${checked} ${found}`),
    ...servers.flatMap((one) => [
      `backend only-${one.name}`,
      `  http-request replace-path ${ownPath(one)}/?(.*) /\\1`,
      `  server ${one.name} ${one.address} track all/${one.name} ${found}`,
    ]),
    "",
  ].join("\n");
}
