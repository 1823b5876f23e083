import { DEFAULT_CONTEXT_TOKENS } from "../../../clients/ollama/context";
import type { ModelShape } from "../../../clients/ollama/inventory";

/** Keys and values are 16-bit floats, unless OLLAMA_KV_CACHE_TYPE says otherwise. */
const BYTES_OF_A_NUMBER = 2;

/**
 * Estimates the memory of a loaded model: the weights, which are nearly the whole download, and the key/value cache for
 * one conversation with the default context (or the model's own, if shorter):
 *
 *     weights + 2 × layers × key/value heads × head size × tokens × 2 bytes
 *
 * For smollm2:135m it is within 2 % of Ollama's own figure (`/api/ps`). Buffers and parallel conversations
 * (OLLAMA_NUM_PARALLEL) need more. `undefined` if the shape is not known.
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

/** Whether a model fits: into free memory, only after other programs free some (`tight`), or not at all. */
export function fitOf(neededBytes: number, { totalBytes, freeBytes }: MachineMemory): Fit {
  if (neededBytes <= freeBytes) return "fits";
  return neededBytes <= totalBytes ? "tight" : "too big";
}
