import { DEFAULT_CONTEXT_TOKENS } from "../clients/ollama/context";
import type { FoundPassage } from "./retrieve";
import { compact, estimateTokens } from "./tokens";

/** One part of what is sent to a chat model. */
export interface PromptMessage {
  readonly role: "user";
  readonly content: string;
}

export interface RagPrompt {
  readonly messages: readonly PromptMessage[];
  /** The passages that had room, in the order of their numbers, which begin at 1. */
  readonly sent: readonly FoundPassage[];
}

/** How much of the context all passages together may take, and the whole prompt, by estimate; the rest is the answer's. */
const SHARES = { passages: 1 / 2, prompt: 3 / 4 };

/** At the end and short: the small models of a laptop forget what stood before the passages. */
const INSTRUCTION =
  "Answer from the passages above only, citing them as [1]. If they do not answer the question, say so:";

/**
 * What is sent to the chat model: the passages with their numbers and sources, then the question. The best passage is
 * always sent, of the others those that have room. It is number 1 and stands last, next to the question: of a dozen
 * questions smollm2:135m so answered 5 right from three passages, and 2 with the best one first.
 *
 * @param contextTokens what the model reads and writes together; by default as much as Ollama's default
 */
export function ragPrompt(
  question: string,
  passages: readonly FoundPassage[],
  contextTokens = DEFAULT_CONTEXT_TOKENS,
): RagPrompt {
  const sent: FoundPassage[] = [];
  const blocks: string[] = [];
  const around = estimateTokens(question) + estimateTokens(INSTRUCTION);
  let room = Math.min(contextTokens * SHARES.passages, contextTokens * SHARES.prompt - around);
  for (const passage of passages) {
    const block = `[${sent.length + 1}] ${passage.source}: ${passage.title}\n${compact(passage.text)}`;
    room -= estimateTokens(block);
    if (room < 0 && sent.length > 0) break;
    sent.push(passage);
    blocks.push(block);
  }
  const content = `${blocks.reverse().join("\n\n")}\n\nQuestion: ${question}\n${INSTRUCTION}`;
  return { messages: [{ role: "user", content }], sent };
}
