import { DEFAULT_CONTEXT_TOKENS } from "../../../clients/ollama/context";
import { type RagPrompt, ragPrompt } from "../../../rag/prompt";
import type { FoundPassage } from "../../../rag/retrieve";
import { isTooLong } from "../../answering/too-long";

interface FoundFor {
  readonly question: string;
  readonly passages: readonly FoundPassage[];
}

interface SentPassages {
  readonly sent: readonly FoundPassage[];
  /** The context that the unsent passages did not fit into, for messages. */
  readonly room: string;
}

/**
 * Asks a question with the passages that were found for it. As long as the model refuses the prompt as too long, sends
 * half as many.
 *
 * @param contextTokens the model's context, if known
 * @param put sends a prompt
 */
export async function answeredFrom<T>(
  found: FoundFor,
  contextTokens: number | undefined,
  put: (prompt: RagPrompt) => Promise<T>,
): Promise<T & SentPassages> {
  let { passages } = found;
  let room =
    contextTokens === undefined
      ? `${DEFAULT_CONTEXT_TOKENS} tokens, Ollama's default context`
      : `the model's context of ${contextTokens} tokens`;
  for (;;) {
    const prompt = ragPrompt(found.question, passages, contextTokens);
    try {
      return { ...(await put(prompt)), sent: prompt.sent, room };
    } catch (error) {
      if (prompt.sent.length < 2 || !isTooLong(error)) throw error;
      passages = prompt.sent.slice(0, Math.floor(prompt.sent.length / 2));
      room = "the model's context";
    }
  }
}

/** Says that the model got fewer passages than were found. */
export function leftOutRemark(leftOut: number, found: number, room: string): string {
  return `${leftOut} of ${found} passages did not fit into ${room} and were not sent.`;
}
