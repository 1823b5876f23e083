import type { Message } from "./answer";

/** A word, or up to four signs of those that are written without spaces: no tokenizer makes fewer tokens of them. */
const AT_LEAST_ONE = /[\u3040-\u30ff\u3400-\u9fff]{1,4}|[^\s\u3040-\u30ff\u3400-\u9fff]+/gu;
/** Smaller counts may be those of a server that leaves out what it still knew of the last prompt. */
const LEAST_CONTEXT = 1_000;

/**
 * True where a model read fewer tokens than what was sent has at the least. Ollama drops what its context does not hold,
 * and says so to nobody.
 *
 * @param promptTokens what the model server counted
 */
export function isPromptCut(messages: readonly Message[], promptTokens: number | undefined): boolean {
  if (promptTokens === undefined || promptTokens < LEAST_CONTEXT) return false;
  let least = 0;
  for (const { content } of messages) least += content.match(AT_LEAST_ONE)?.length ?? 0;
  return promptTokens < least;
}
