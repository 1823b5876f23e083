import { type ModelContext, modelContext } from "../../clients/ollama/context";
import { OllamaServer } from "../../clients/ollama/server";
import type { Access } from "../access/access";

/** Enough for a running server. Without an answer, the question is asked anyway. */
const PROBE_SECONDS = 3;

/** A model's context, as Ollama reports it. `undefined` if no Ollama is known, or it does not answer or has no such model. */
export async function toldContext(
  { ollamaEndpoint }: Pick<Access, "ollamaEndpoint">,
  model: string | undefined,
): Promise<ModelContext | undefined> {
  if (ollamaEndpoint === undefined || model === undefined) return undefined;
  return await modelContext(new OllamaServer(ollamaEndpoint), model, PROBE_SECONDS).catch(() => undefined);
}
