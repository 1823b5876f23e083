import { findModel, serverVersion } from "../../../clients/ollama/models";
import type { OllamaServer } from "../../../clients/ollama/server";
import type { Access } from "../../access/access";
import { ollamaOf } from "../../access/gateways";
import type { Answerer } from "../../answering/answer";
import { ollamaAnswerer } from "../../answering/ollama";
import { openSearchAnswerer } from "../../answering/opensearch";
import { CommandFailure, ExitCode } from "../../failure";

/** Enough for a running server, and short enough for a chat to start soon. */
const PROBE_SECONDS = 3;

export interface Way {
  readonly answerer: Answerer;
  /** Why the other way was not chosen. */
  readonly because?: string;
}

/**
 * How a chat reaches the model: as `--through` says; else directly to Ollama if it can be reached and has the model,
 * since only Ollama answers word by word; else through OpenSearch.
 */
export async function chooseWay(access: Access, through: string | undefined): Promise<Way> {
  if (through === "opensearch") return { answerer: openSearchAnswerer(access) };
  if (through === "ollama") return { answerer: ollamaAnswerer(access) };
  if (through !== undefined) {
    throw new CommandFailure(ExitCode.usage, {
      what: `--through is ${JSON.stringify(through)}: it must be opensearch or ollama.`,
      cause: "A chat goes one of these two ways.",
      fix: "Correct it, or leave it out: then Ollama is asked where it can be reached, else OpenSearch.",
    });
  }
  const { chatModel, opensearch } = access;
  const ollama = ollamaOf(access);
  if (ollama === undefined || chatModel === undefined) {
    return { answerer: opensearch === undefined ? ollamaAnswerer(access) : openSearchAnswerer(access) };
  }
  const problem = opensearch === undefined ? undefined : await problemWith(ollama, chatModel);
  if (problem === undefined) return { answerer: ollamaAnswerer(access) };
  return { answerer: openSearchAnswerer(access), because: problem };
}

async function problemWith(server: OllamaServer, model: string): Promise<string | undefined> {
  const { endpoint } = server;
  try {
    await serverVersion(server, PROBE_SECONDS);
    const found = await findModel(server, model);
    return found === undefined ? `Ollama at ${endpoint} has no ${model}` : undefined;
  } catch {
    return `Ollama at ${endpoint} cannot be reached from here`;
  }
}
