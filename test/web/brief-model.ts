import { OllamaServer } from "../../clients/ollama/server";
import { createModel } from "../../clients/ollama/streams";
import { Deadline } from "../../clients/wait";
import type { RunningOllama } from "../support/ollama";

/** Makes a model that answers in few words, so that a busy machine answers soon. Needs an Ollama with own models. */
export async function briefModel({ endpoint }: RunningOllama): Promise<string> {
  const model = "brief:latest";
  const parameters = { num_predict: 24, num_thread: 1, temperature: 0 };
  const derived = { model, from: "smollm2:135m", parameters };
  await createModel(new OllamaServer(endpoint), derived, { deadline: Deadline.after(60_000) });
  return model;
}
