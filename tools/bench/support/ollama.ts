import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { Deadline, waitFor } from "../../../clients/wait";
import { freePort } from "../../toolchain/ollama-server";
import type { Selection } from "../../toolchain/selection";
import { BareClient } from "./bare-client";
import { startChild } from "./child";

export interface Ollama {
  readonly endpoint: string;
  /** Sends requests straight to it. */
  readonly bare: BareClient;
  stop(): Promise<void>;
}

/** The toolchain's Ollama with its models, on a free loopback port. */
export async function startOllama({ ollama, noOllama }: Selection): Promise<Ollama> {
  if (ollama === undefined)
    throw new Error(`There is no Ollama outside Docker: ${noOllama ?? "none was put in place"}`);
  const home = mkdtempSync(join(tmpdir(), "ollama-chat-bench-home-"));
  const host = `127.0.0.1:${await freePort()}`;
  const environment = {
    HOME: home,
    OLLAMA_HOST: host,
    OLLAMA_MODELS: ollama.models,
    OLLAMA_NOPRUNE: "1",
    OLLAMA_NO_CLOUD: "1",
  };
  const { stop } = await startChild(ollama.program, ["serve"], { environment, ready: /Listening on/ });
  const endpoint = `http://${host}`;
  const bare = new BareClient({ endpoint });
  await waitFor(
    async () =>
      await bare.send("GET", "/api/version").then(
        () => ({ done: true }),
        () => ({ last: "no answer" }),
      ),
    {
      waitingFor: "Ollama",
      deadline: Deadline.after(30_000),
    },
  );
  return {
    endpoint,
    bare,
    stop: async () => {
      bare.close();
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const tagsAnswer = z.object({
  models: z.array(z.object({ name: z.string(), details: z.looseObject({ family: z.string().default("") }) })),
});

/** The models it has, told apart by what they are for. */
export async function modelsOf({ bare }: Ollama): Promise<{ readonly chat: string[]; readonly embedding: string[] }> {
  const { models } = tagsAnswer.parse(await bare.send("GET", "/api/tags"));
  const isEmbedding = (family: string) => /bert/.test(family);
  const names = (wanted: boolean) =>
    models.filter(({ details }) => isEmbedding(details.family) === wanted).map(({ name }) => name);
  return { chat: names(false), embedding: names(true) };
}

const generateAnswer = z.object({ eval_count: z.number(), eval_duration: z.number(), total_duration: z.number() });

export interface Generated {
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

/** One answer of `/api/generate`, with what Ollama says of its own work. */
export function readGenerated(answer: unknown): Generated {
  const { eval_count: tokens, eval_duration: nanoseconds } = generateAnswer.parse(answer);
  return { tokens, tokensPerSecond: tokens / (nanoseconds / 1e9) };
}

const predictAnswer = z.object({
  inference_results: z.tuple([z.object({ output: z.tuple([z.object({ dataAsMap: z.unknown() })]) })]),
});

/** The model server's own answer inside one of `_predict`. */
export function insidePrediction(answer: unknown): unknown {
  return predictAnswer.parse(answer).inference_results[0].output[0].dataAsMap;
}
