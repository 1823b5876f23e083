import { vi } from "vitest";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { type Connection, openSearch } from "../../../clients/opensearch/connect";
import { Deadline, waitFor } from "../../../clients/wait";
import { requireFreePorts } from "../../../program/ports";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";
import type { Network } from "./network";
import type { Provocation } from "./provocation";

const SIGNED_OVER = { commonName: "node", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };

const look = (endpoint: string, more: Partial<Connection> = {}) =>
  clusterInfo(openSearch({ endpoint, requestTimeoutSeconds: 30, maxRetries: 0, ...more }));

/** A server with a certificate as `TlsCertificate` makes it, and the authority that signed it. */
async function signed(
  network: Network,
  names: object,
  showsAuthority = false,
): Promise<{ endpoint: string; caCertificate: string }> {
  const { inputs } = tlsCertificateLifecycle.check({ ...SIGNED_OVER, ...names }, {});
  const { state } = await tlsCertificateLifecycle.create(inputs);
  const cert = [state.certificatePem, ...(showsAuthority ? [state.caCertificatePem] : [])].join("\n");
  const host = await network.secure({ cert, key: state.privateKeyPem });
  return { endpoint: `https://${host}`, caCertificate: state.caCertificatePem };
}

const NO_TLS = "SSL routines:tls_validate_record_header:wrong version number:FILE\n";

export const CONNECTION_PROVOCATIONS: readonly Provocation<Network>[] = [
  {
    row: "tls-not-trusted",
    how: "the cluster's authority is not named",
    run: ({ secured }) => look(secured.endpoint),
    says: "GET /: no answer from https://SERVER: unable to verify the first certificate",
  },
  {
    row: "tls-not-trusted",
    how: "a server that shows its authority too",
    run: async (network) => await look((await signed(network, {}, true)).endpoint),
    says: "GET /: no answer from https://SERVER: self-signed certificate in certificate chain",
  },
  {
    row: "tls-not-trusted",
    how: "the certificate is of another name",
    run: async (network) => {
      const { endpoint, caCertificate } = await signed(network, { ipAddresses: ["127.0.0.2"] });
      await look(endpoint, { caCertificate });
    },
    says: "GET /: no answer from https://SERVER: Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: 127.0.0.2",
  },
  {
    row: "tls-not-trusted",
    how: "the certificate is of another time",
    run: async (network) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2020, 0, 1) });
      const { endpoint, caCertificate } = await signed(network, { validityDays: 30 }).finally(() => vi.useRealTimers());
      await look(endpoint, { caCertificate });
    },
    says: "GET /: no answer from https://SERVER: certificate has expired",
  },
  {
    row: "tls-mismatch",
    how: "https:// to a cluster that speaks plain HTTP",
    run: ({ plain }) => look(plain.endpoint.replace("http:", "https:")),
    says: `GET /: no answer from https://SERVER: write EPROTO THREAD:error:0A00010B:${NO_TLS}`,
  },
  {
    row: "tls-mismatch",
    how: "http:// to a cluster that speaks TLS",
    run: ({ secured }) => look(secured.endpoint.replace("https:", "http:")),
    says: "GET /: no answer from http://SERVER: socket hang up",
  },
  {
    row: "tls-mismatch",
    how: "https:// to a server that speaks neither",
    run: async (network) => await look(`https://${await network.answering(Buffer.from([0x16, 3, 3, 0xff, 0xff, 0]))}`),
    says: "GET /: no answer from https://SERVER: write EPROTO THREAD:error:0A000092:SSL routines:tls_validate_record_header:data length too long:FILE\n",
  },
  {
    row: "tls-mismatch",
    how: "https:// to a server that closes at once",
    run: async (network) => await look(`https://${await network.doing((socket) => socket.end())}`),
    says: "GET /: no answer from https://SERVER: Client network socket disconnected before secure TLS connection was established",
  },
  {
    row: "tls-mismatch",
    how: "http:// to a server that speaks something else",
    run: async (network) => await look(`http://${await network.answering("SSH-2.0-OpenSSH_9.2\r\n")}`),
    says: "GET /: no answer from http://SERVER: Parse Error: Expected HTTP/, RTSP/ or ICE/",
  },
  {
    row: "tls-mismatch",
    how: "a server that resets the connection",
    run: async (network) => {
      const host = await network.doing((socket) => socket.once("data", () => socket.resetAndDestroy()));
      await look(`http://${host}`);
    },
    says: "GET /: no answer from http://SERVER: read ECONNRESET",
  },
  {
    row: "unreachable",
    how: "nothing listens there",
    run: () => look("http://127.0.0.1:9"),
    says: "GET /: no answer from http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9",
  },
  {
    row: "unreachable",
    how: "a name that nobody knows",
    // With two dots in a row it is no name at all, so that no name server is asked.
    run: () => look("http://search..local:9200"),
    says: "GET /: no answer from http://search..local:9200: getaddrinfo ENOTFOUND search..local",
  },
  {
    row: "unreachable",
    how: "a server that does not answer",
    run: async (network) => {
      await look(`http://${await network.doing(() => undefined)}`, { requestTimeoutSeconds: 0.1 });
    },
    says: "GET /: no answer from http://SERVER: no answer within the time limit",
  },
  {
    row: "deadline",
    how: "a state that does not come",
    run: () => waitFor(async () => ({ last: "DEPLOYING" }), { waitingFor: "model m", deadline: Deadline.after(1) }),
    says: "Waited 0.001 s for model m; last seen: DEPLOYING",
  },
  {
    row: "port-taken",
    how: "a program listens on the port of a container that is to be made",
    run: async (network) => {
      const port = Number((await network.doing(() => undefined)).split(":")[1]);
      await requireFreePorts({ opensearch: { existing: { endpoint: "http://localhost:1" } }, ollama: { port } });
    },
    explainsItself: true,
    says: "ollamaPort is PORT: something else on this machine listens on SERVER already. Stop it, or choose another port with\n  pulumi config set ollamaPort PORT",
  },
  {
    row: "port-taken",
    how: "the same, and there is no Docker to tell whose container that may be",
    run: async (network) => {
      const port = Number((await network.doing(() => undefined)).split(":")[1]);
      vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
      const args = { opensearch: { existing: { endpoint: "http://localhost:1" } }, ollama: { port } };
      await requireFreePorts(args).finally(() => vi.unstubAllEnvs());
    },
    explainsItself: true,
    says: "ollamaPort is PORT: something listens on SERVER already, and Docker cannot be reached at DOCKER_HOST=unix:///nowhere/docker.sock to tell whether it is this stack's own container. Start Docker, or correct DOCKER_HOST.",
  },
];
