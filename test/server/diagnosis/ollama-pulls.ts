import { symlinkSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pullModel } from "../../../clients/ollama/streams";
import { Deadline } from "../../../clients/wait";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";
import type { OllamaProvocation, OllamaWorld } from "./ollama-world";
import { digestOf, type RegistryDouble } from "./registry-double";

const PULL = "POST /api/pull answered 200:";
const MANIFEST = 'pull model manifest: Get "http://REGISTRY/v2/library/m/manifests/1":';
const CONTENT = "the weights";

/** The registry is made to answer so, and then asked for its model. */
function pulled(row: string, how: string, make: (registry: RegistryDouble) => void, says: string): OllamaProvocation {
  const run = async (world: OllamaWorld) => {
    make(world.registry);
    await world.pull();
  };
  return { row, how, run, says: `${PULL} ${says}` };
}

/** The registry refuses the manifest. */
function refused(row: string, how: string, status: number, body: string, says: string): OllamaProvocation {
  const make = (registry: RegistryDouble) => {
    registry.manifest = (_request, response) => void response.writeHead(status).end(body);
  };
  return pulled(row, how, make, `pull model manifest: ${says}`);
}

const tokens: OllamaProvocation = pulled(
  "ollama-registry-refuses",
  "the registry hands out a token and refuses it",
  (registry) => {
    const realm = `${registry.endpoint}/token`;
    registry.manifest = (_request, response) => {
      const challenge = `Bearer realm="${realm}",service="registry",scope="repository:library/m:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    };
    registry.blob = (_request, response) => void response.end('{"token":"t"}');
  },
  "pull model manifest: unauthorized: access denied",
);

/** As hf.co answers for a tag that is none of a repository's quantisations. */
const QUANTISATION = JSON.stringify({
  error: 'The specified tag is not a valid quantization scheme. Please use another tag or "latest"',
});

const TOO_OLD = JSON.stringify({
  errors: [{ message: "The model you are attempting to pull requires a newer version of Ollama." }],
});

/** Goes on until the registry has to send a byte that does not come. */
async function stalled(world: OllamaWorld, deadlineSeconds: number, idleSeconds: number): Promise<void> {
  world.registry.hold(CONTENT);
  world.registry.stall();
  const limits = { deadline: Deadline.after(deadlineSeconds * 1000), idleSeconds };
  await pullModel(world.server, world.registry.model, true, limits);
}

export const PULL_PROVOCATIONS: readonly OllamaProvocation[] = [
  pulled(
    "ollama-model-unknown",
    "the registry has no such tag",
    () => undefined,
    "pull model manifest: file does not exist",
  ),
  {
    row: "ollama-registry-insecure",
    how: "the registry speaks plain HTTP",
    run: (world) => world.pull(world.registry.model, false),
    says: `${PULL} pull model manifest: Get "https://REGISTRY/v2/library/m/manifests/1": http: server gave HTTP response to HTTPS client`,
  },
  {
    row: "ollama-registry-certificate",
    how: "the registry's certificate is signed by nobody whom Ollama knows",
    run: async (world) => {
      const names = { commonName: "registry", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
      const { state } = await tlsCertificateLifecycle.create(names);
      const server = createTlsServer({ cert: state.certificatePem, key: state.privateKeyPem });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      world.whenStopped(() => {
        server.closeAllConnections();
        server.close();
      });
      await world.pull(`127.0.0.1:${(server.address() as AddressInfo).port}/library/m:1`, false);
    },
    says: `${PULL} pull model manifest: Get "https://ELSEWHERE/v2/library/m/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  },
  pulled(
    "ollama-registry-redirect",
    "the registry serves files itself",
    (registry) => {
      registry.hold(CONTENT);
      registry.serveItself();
    },
    "http: no Location header in response",
  ),
  tokens,
  refused(
    "ollama-registry-refuses",
    "the registry asks for a password in place of a token",
    401,
    "",
    'realm host "" does not match original host "REGISTRY"',
  ),
  refused("ollama-registry-refuses", "the model is private", 403, "denied", "403: denied"),
  refused(
    "ollama-quantisation-unknown",
    "hf.co has no file of this quantisation",
    400,
    QUANTISATION,
    `400: ${QUANTISATION}`,
  ),
  refused("ollama-too-old", "the model wants a later Ollama", 412, TOO_OLD, `412: ${TOO_OLD}`),
  refused("ollama-rate-limit", "the registry limits requests", 429, "too many requests", "429: too many requests"),
  {
    row: "ollama-registry-down",
    how: "nothing listens where the registry should",
    run: (world) => world.pull("127.0.0.1:9/library/m:1"),
    says: `${PULL} pull model manifest: Get "http://127.0.0.1:9/v2/library/m/manifests/1": dial tcp 127.0.0.1:9: connect: connection refused`,
  },
  {
    row: "ollama-offline",
    how: "the registry's name is known nowhere",
    // With two dots in a row it is no name at all, so that no name server is asked.
    run: (world) => world.pull("registry..local/library/m:1"),
    says: `${PULL} pull model manifest: Get "http://registry..local/v2/library/m/manifests/1": dial tcp: lookup registry..local: no such host`,
  },
  {
    row: "ollama-disk-full",
    how: "the disk with the models is full",
    run: async (world) => {
      world.registry.hold(CONTENT);
      // The file that Ollama writes to leads to the device that is always full.
      symlinkSync("/dev/full", join(world.ollama.models, "blobs", `${digestOf(CONTENT).replace(":", "-")}-partial`));
      await world.pull();
    },
    says: `${PULL} write MODELS/blobs/FILE-partial: no space left on device`,
  },
  pulled(
    "ollama-download-broken",
    "the registry's copy is damaged",
    (registry) => registry.hold(CONTENT, digestOf("something else")),
    `digest mismatch, file must be downloaded again: want ${digestOf("something else")}, got ${digestOf(CONTENT)}`,
  ),
  pulled(
    "ollama-file-missing",
    "a file is missing in the registry",
    (registry) => {
      registry.hold(CONTENT);
      registry.blob = undefined;
    },
    "file does not exist",
  ),
  pulled(
    "ollama-network-flaky",
    "the registry closes the connection",
    (registry) => {
      registry.manifest = ({ socket }) => void socket.destroy();
    },
    `${MANIFEST} EOF`,
  ),
  pulled(
    "ollama-network-flaky",
    "the connection is reset",
    (registry) => {
      registry.manifest = ({ socket }) => void socket.resetAndDestroy();
    },
    `${MANIFEST} read tcp SOMEWHERE->REGISTRY: read: connection reset by peer`,
  ),
  pulled(
    "ollama-network-flaky",
    "the answer breaks off in its middle",
    (registry) => {
      registry.manifest = (request, response) => {
        response.writeHead(200, { "content-length": 100 }).write("{", () => request.socket.destroy());
      };
    },
    "pull model manifest: unexpected EOF",
  ),
  {
    row: "ollama-stalled",
    how: "the registry sends nothing any more",
    run: (world) => stalled(world, 60, 0.5),
    says: "Waited 0.5 s for POST /api/pull to go on; last seen: pulling AS FAR",
  },
  {
    row: "ollama-slow",
    how: "the download takes longer than the deadline",
    run: (world) => stalled(world, 0.5, 60),
    says: "Waited 0.5 s for POST /api/pull to end; last seen: pulling AS FAR",
  },
];
