import { ServerError } from "../../clients/errors";

/** Ollama's wording. */
const CONTEXT_EXCEEDED = /exceeds the context length/;

/** Whether an error says that the prompt does not fit into the model's context. */
export function isTooLong(error: unknown): boolean {
  return error instanceof ServerError && CONTEXT_EXCEEDED.test(error.reason);
}
