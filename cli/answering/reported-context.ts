import { type ModelContext, modelContext } from "../../clients/ollama/context";
import { type OllamaAccess, ollamaOf } from "../access/gateways";

/** Enough for a running server. Without an answer, the question is asked anyway. */
const PROBE_SECONDS = 3;

/** A model's context, as Ollama reports it. `undefined` if no Ollama is known, or it does not answer or has no such model. */
export async function reportedContext(
  access: OllamaAccess,
  model: string | undefined,
): Promise<ModelContext | undefined> {
  const ollama = ollamaOf(access);
  if (ollama === undefined || model === undefined) return undefined;
  return await modelContext(ollama, model, PROBE_SECONDS).catch(() => undefined);
}
