import { modelShape, runningModels } from "./inventory";
import { sameModel } from "./names";
import type { OllamaServer } from "./server";

/**
 * Context that Ollama opens at the least unless it is told otherwise (`OLLAMA_CONTEXT_LENGTH`, `num_ctx`), in tokens. With
 * 24 GiB and more on GPUs it opens a larger one (0.17), up to what the model was made for.
 */
export const DEFAULT_CONTEXT_TOKENS = 4096;

/** How much a model reads and writes together. */
export interface ModelContext {
  readonly tokens: number;
  /** True where the model is in memory, so that this is what it has; else it is what it will have at the least. */
  readonly loaded: boolean;
}

/**
 * The context of a model: as it was loaded, else by its own `num_ctx`, else Ollama's default.
 *
 * @param timeoutSeconds longest wait for each of up to two answers
 */
export async function modelContext(
  server: OllamaServer,
  model: string,
  timeoutSeconds?: number,
): Promise<ModelContext> {
  const running = (await runningModels(server, timeoutSeconds)).find(({ name }) => sameModel(name, model));
  if (running?.contextTokens !== undefined) return { tokens: running.contextTokens, loaded: true };
  const shape = await modelShape(server, model, timeoutSeconds);
  const wanted = shape.ownContextTokens ?? DEFAULT_CONTEXT_TOKENS;
  return { tokens: Math.min(wanted, shape.contextTokens ?? wanted), loaded: false };
}
