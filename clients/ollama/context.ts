import { modelShape, runningModels } from "./inventory";
import { sameModel } from "./names";
import type { OllamaServer } from "./server";

/**
 * Ollama's default context in tokens, unless `OLLAMA_CONTEXT_LENGTH` or `num_ctx` says otherwise. With 24 GiB or more
 * of GPU memory the default is larger (0.17), up to the model's maximum.
 */
export const DEFAULT_CONTEXT_TOKENS = 4096;

/** How many tokens a model can read and write together. */
export interface ModelContext {
  readonly tokens: number;
  /** True if the model is in memory and `tokens` is its real context; otherwise `tokens` is a lower bound. */
  readonly loaded: boolean;
}

/**
 * A model's context: the one it is loaded with, else its own `num_ctx`, else Ollama's default.
 *
 * @param timeoutSeconds time limit of each of up to two requests
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
