import type { Symptom } from "../symptom";

/** No answer at all. These come last because they match many texts that a more specific row explains better. */
export const CONNECTION: readonly Symptom[] = [
  {
    id: "tls-not-trusted",
    shows:
      "self-signed certificate in certificate chain, unable to verify the first certificate, certificate has expired",
    signs: [
      {
        says: /self-signed certificate|unable to verify the first certificate|unable to get local issuer certificate|certificate has expired|altnames/,
      },
    ],
    source: "unable to get local issuer certificate: OpenSSL, of a chain with its middle alone",
    cause: "The server's certificate is not signed by a trusted CA, or was issued for another name.",
    fix: "Set connection.caCertificate to the CA's PEM (ollama-chat: --ca-file FILE), and use a host name that the certificate contains.",
  },
  {
    id: "tls-mismatch",
    shows: "socket hang up, wrong version number, ECONNRESET",
    signs: [
      {
        says: /wrong version number|length too long|socket hang up|Parse Error|ECONNRESET|before secure TLS connection/,
      },
    ],
    cause:
      "One side uses TLS and the other does not, or the server closed the connection because it is starting or stopping.",
    fix: "Wait a minute and run again. If the error stays, check http:// against https:// in the endpoint, and the server's log.",
  },
  {
    id: "unreachable",
    shows: "connect ECONNREFUSED, getaddrinfo ENOTFOUND, no answer within the time limit",
    signs: [
      { kinds: ["timeout"] },
      { kinds: ["never-arrived"], says: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/ },
    ],
    source: "Node.js: EAI_AGAIN of getaddrinfo, EHOSTUNREACH and ENETUNREACH of connect",
    cause: "Nothing answers at the endpoint: the server is down, still starting, or elsewhere.",
    fix: "Check the endpoint, and that the server runs (docker ps --all, curl ENDPOINT). If it is only reachable through a proxy, set NODE_USE_ENV_PROXY=1 as well as HTTPS_PROXY. Start a stopped container with docker start NAME. If the container was removed, run pulumi refresh --target '**::*-opensearch', then pulumi up.",
  },
  {
    id: "deadline",
    shows: "Waited 300 s for ...",
    signs: [{ kinds: ["deadline"] }],
    cause: "It did not happen in time. The last observed state is above.",
    fix: "If the server is only slow, raise the resource's timeouts.",
  },
];
