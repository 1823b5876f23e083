import { DEFAULT_CONTEXT_TOKENS } from "../../../clients/ollama/context";
import type { ModelShape } from "../../../clients/ollama/inventory";

/** Keys and values are kept as 16-bit floats unless OLLAMA_KV_CACHE_TYPE says otherwise. */
const BYTES_OF_A_NUMBER = 2;

/**
 * Memory that a model takes while it is loaded: its weights, which are nearly the whole download, and the cache of
 * keys and values for one conversation of the default context (or of the model's own, where that is shorter):
 *
 *     weights + 2 × layers × key/value heads × head size × tokens × 2 bytes
 *
 * Ollama's own figure (`/api/ps`) for smollm2:135m is within 2 % of it. Buffers, and further conversations at the same
 * time (OLLAMA_NUM_PARALLEL), come on top. `undefined` where the shape is not known.
 */
export function memoryBytes(weightsBytes: number, shape: ModelShape): number | undefined {
  const { layers, keyValueHeads, headSize, contextTokens = DEFAULT_CONTEXT_TOKENS } = shape;
  if (layers === undefined || keyValueHeads === undefined || headSize === undefined) return undefined;
  const tokens = Math.min(contextTokens, DEFAULT_CONTEXT_TOKENS);
  return weightsBytes + 2 * layers * keyValueHeads * headSize * tokens * BYTES_OF_A_NUMBER;
}

/** This machine's memory. */
export interface MachineMemory {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export type Fit = "fits" | "tight" | "too big";

/** Whether that much can be had: at once, only if something else makes room, or not at all. */
export function fitOf(neededBytes: number, { totalBytes, freeBytes }: MachineMemory): Fit {
  if (neededBytes <= freeBytes) return "fits";
  return neededBytes <= totalBytes ? "tight" : "too big";
}
