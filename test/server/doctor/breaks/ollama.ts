import { createServer } from "node:http";
import { MODEL_PROVOCATIONS } from "../../diagnosis/ollama-models";
import { PULL_PROVOCATIONS } from "../../diagnosis/ollama-pulls";
import { wordsOf } from "../../diagnosis/provocation";
import type { Break, Breaks } from "./break";

/** Ollama answers doctor's own question as the real one was made to: `POST /api/generate answered 500: ...`. */
function refused(row: string, how: string): Break {
  const said = wordsOf(MODEL_PROVOCATIONS, row);
  const [, status = "", error = ""] = /^POST \/api\/generate answered (\d+): (.*)$/s.exec(said) ?? [];
  return {
    how,
    break: (world) => {
      world.ollama.refusals.set("/api/generate", { status: Number(status), body: { error } });
    },
    check: "ollama-answer",
    seen: said,
  };
}

/** The model is missing, `--fix` pulls it, and the pull ends as the real one was made to. */
function pullEnds(row: string, how: string): Break {
  const said = wordsOf(PULL_PROVOCATIONS, row);
  return {
    how,
    break: (world) => {
      world.ollama.models.clear();
      world.ollama.pullError = said.replace("POST /api/pull answered 200: ", "");
    },
    repair: true,
    seen: `failed: ${said}`,
  };
}

function answersInItsPlace(status: number, text: string): Break["break"] {
  return async (world) => {
    const other = createServer((_request, response) => void response.writeHead(status).end(text));
    other.listen(0, "127.0.0.1");
    await new Promise((listening) => other.once("listening", listening));
    world.whenStopped(() => void other.close());
    world.outputs.ollamaEndpoint = `http://127.0.0.1:${(other.address() as { port: number }).port}`;
  };
}

export const OLLAMA_BREAKS: Breaks = {
  "ollama-unreachable": {
    how: "Ollama does not run",
    break: async (world) => await world.ollama.stop(),
    check: "ollama-reachable",
    seen: /^http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  },
  "ollama-proxy-refuses": {
    how: "a proxy that wants a sign-in answers in its place",
    break: answersInItsPlace(401, "Sign in"),
    check: "ollama-reachable",
    seen: "GET /api/version answered 401: Sign in",
  },
  "ollama-not-ollama": {
    how: "another server answers in its place",
    break: answersInItsPlace(404, "404 page not found"),
    check: "ollama-reachable",
    seen: "GET /api/version answered 404: 404 page not found",
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
  ...Object.fromEntries(
    [
      ["ollama-memory", "the model is larger than the memory that is free"],
      ["ollama-runner", "the process that runs the model dies"],
      ["ollama-server-busy", "Ollama's queue is full"],
      ["ollama-model-missing", "the model is listed, and its files are gone"],
      ["ollama-model-damaged", "the model's file was copied in part"],
      ["ollama-parameter-type", "the connector's options hold a text where Ollama wants a number"],
    ].map(([row = "", how = ""]) => [row, refused(row, how)]),
  ),
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
  ...Object.fromEntries(
    [
      ["ollama-model-unknown", "the registry has no such tag"],
      ["ollama-registry-insecure", "the registry speaks plain HTTP"],
      ["ollama-registry-certificate", "the registry's certificate is not trusted"],
      ["ollama-registry-redirect", "the registry serves files itself"],
      ["ollama-registry-refuses", "the model is private"],
      ["ollama-too-old", "the model wants a later Ollama"],
      ["ollama-rate-limit", "the registry limits requests"],
      ["ollama-registry-down", "the registry is down"],
      ["ollama-offline", "there is no network"],
      ["ollama-disk-full", "the disk is full"],
      ["ollama-download-broken", "the registry's copy is damaged"],
      ["ollama-file-missing", "a file is missing in the registry"],
    ].map(([row = "", how = ""]) => [row, pullEnds(row, how)]),
  ),
};
