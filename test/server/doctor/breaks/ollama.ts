import { createServer } from "node:http";
import type { DoctorWorld } from "../world";
import type { Break, Breaks } from "./break";

function refused(world: DoctorWorld, path: string, status: number, error: string): void {
  world.ollama.refusals.set(path, { status, body: { error } });
}

/** The model is missing, `--fix` pulls it, and the pull ends with this text. */
function pullEnds(how: string, text: string): Break {
  return {
    how,
    break: (world) => {
      world.ollama.models.clear();
      world.ollama.pullError = text;
    },
    repair: true,
    seen: `failed: POST /api/pull answered 200: ${text}`,
  };
}

export const OLLAMA_BREAKS: Breaks = {
  "ollama-unreachable": {
    how: "Ollama does not run",
    break: async (world) => await world.ollama.stop(),
    check: "ollama-reachable",
    seen: /^http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  },
  "ollama-not-ollama": {
    how: "a proxy that wants a sign-in answers in its place",
    break: async (world) => {
      const proxy = createServer((_request, response) => void response.writeHead(401).end("Sign in"));
      proxy.listen(0, "127.0.0.1");
      await new Promise((listening) => proxy.once("listening", listening));
      world.whenStopped(() => void proxy.close());
      world.outputs.ollamaEndpoint = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    },
    check: "ollama-reachable",
    seen: "GET /api/version answered 401: Sign in",
  },
  "model-not-pulled": {
    how: "the model is there under another tag only",
    break: (world) => {
      world.ollama.models.clear();
      world.ollama.models.set("smollm2:360m", 725e6);
    },
    check: "ollama-model",
    seen: "smollm2:135m is not there; there is smollm2:360m",
  },
  "ollama-memory": {
    how: "the model is larger than the memory that is free",
    break: (world) =>
      refused(world, "/api/generate", 500, "model requires more system memory (9.1 GiB) than is available (2.0 GiB)"),
    check: "ollama-answer",
    seen: "POST /api/generate answered 500: model requires more system memory (9.1 GiB) than is available (2.0 GiB)",
  },
  "ollama-runner": {
    how: "the process that runs the model dies",
    break: (world) => refused(world, "/api/generate", 500, "llama runner process has terminated: signal: killed"),
    check: "ollama-answer",
    seen: "POST /api/generate answered 500: llama runner process has terminated: signal: killed",
  },
  "ollama-server-busy": {
    how: "Ollama's queue is full",
    break: (world) =>
      refused(world, "/api/generate", 503, "server busy, please try again.  maximum pending requests exceeded"),
    check: "ollama-answer",
    seen: "POST /api/generate answered 503: server busy, please try again.  maximum pending requests exceeded",
  },
  "ollama-model-missing": {
    how: "the model is listed, and its files are gone",
    break: (world) => refused(world, "/api/generate", 404, "model 'smollm2:135m' not found"),
    check: "ollama-answer",
    seen: "POST /api/generate answered 404: model 'smollm2:135m' not found",
  },
  "ollama-parameter-type": {
    how: "the connector's options hold a text where Ollama wants a number",
    break: (world) => refused(world, "/api/generate", 500, 'option "num_ctx" must be of type integer'),
    check: "ollama-answer",
    seen: 'POST /api/generate answered 500: option "num_ctx" must be of type integer',
  },
  "cold-load": {
    how: "the model was dropped from memory after five quiet minutes",
    break: (world) => world.ollama.loaded.clear(),
    check: "ollama-loaded",
    status: "warn",
    seen: "smollm2:135m is not in memory: its next answer has to load it first",
  },
  "slow-answers": {
    how: "the processor manages two tokens a second",
    break: (world) => {
      world.ollama.tokensPerSecond = 2;
    },
    check: "ollama-speed",
    status: "warn",
    seen: "2.0 tokens/s",
  },
  "ollama-model-unknown": pullEnds("the registry has no such tag", "pull model manifest: file does not exist"),
  "ollama-registry-insecure": pullEnds(
    "the registry speaks plain HTTP",
    'pull model manifest: Get "https://127.0.0.1:5001/v2/": http: server gave HTTP response to HTTPS client',
  ),
  "ollama-registry-certificate": pullEnds(
    "the registry's certificate is not trusted",
    'pull model manifest: Get "https://registry/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ),
  "ollama-registry-redirect": pullEnds("the registry serves files itself", "http: no Location header in response"),
  "ollama-registry-refuses": pullEnds("the model is private", "pull model manifest: 401: unauthorized"),
  "ollama-too-old": pullEnds(
    "the model wants a later Ollama",
    "pull model manifest: 412: requires a newer version of Ollama",
  ),
  "ollama-rate-limit": pullEnds("the registry limits requests", "pull model manifest: 429: too many requests"),
  "ollama-registry-down": pullEnds(
    "the registry is down",
    'pull model manifest: Get "http://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused',
  ),
  "ollama-offline": pullEnds(
    "there is no network",
    'pull model manifest: Get "https://registry/v2/": dial tcp: lookup registry: no such host',
  ),
  "ollama-disk-full": pullEnds(
    "the disk is full",
    "write /root/.ollama/models/blobs/sha256-b179: no space left on device",
  ),
  "ollama-download-broken": pullEnds("the registry's copy is damaged", "digest mismatch: want sha256:a, got sha256:b"),
  "ollama-file-missing": pullEnds("a file is missing in the registry", "pulling b179: file does not exist"),
};
