import { UnreachableError } from "../../clients/errors";
import { CommandFailure, ExitCode } from "../failure";

/** A message of a conversation, as in Ollama's and OpenAI's chat APIs. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How a question reaches the model: through OpenSearch's `_predict`, or directly to Ollama. */
export type Through = "opensearch" | "ollama";

export interface Answer {
  readonly text: string;
  /** A thinking model's text before its answer. */
  readonly thinking?: string;
  /** Why the answer ended, as the model server says: `stop`, or `length` if it was cut. */
  readonly doneReason?: string;
  /** Whether the model read less than what was sent. */
  readonly promptCut?: boolean;
  /** Name and tag, as the model server reports them. */
  readonly model?: string;
  /** From sending the question to the end of the answer. */
  readonly seconds: number;
  /** Tokens in the answer. */
  readonly tokens?: number;
  /** Tokens in the whole prompt. */
  readonly promptTokens?: number;
  /**
   * Tokens of the answer per second, by Ollama's own timing, without loading and prompt evaluation. The API `openai`
   * reports no timing; there it is over the whole wait.
   */
  readonly tokensPerSecond?: number;
  readonly through: Through;
}

export interface AnswerLimits {
  /** Time limit for the whole answer. */
  readonly timeoutSeconds: number;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
  /** Called with each part of the answer as it arrives. Through OpenSearch, the answer arrives whole. */
  readonly onText?: (text: string) => void;
}

/** A model to ask: a deployed one behind OpenSearch, or one in Ollama. */
export interface Answerer {
  readonly through: Through;
  /** Name and tag, if known before the first answer. */
  readonly model?: string;
  /** For messages: `smollm2:135m through OpenSearch`. */
  readonly title: string;
  /** The server's endpoint. */
  readonly endpoint: string;
  answer(messages: readonly Message[], limits: AnswerLimits): Promise<Answer>;
  /** Asks another model on the same server. */
  withModel(model: string): Answerer;
}

/** Long enough for a model on a CPU. This package's connectors have the same limit. */
export const DEFAULT_TIMEOUT_SECONDS = 300;

/** Text that is at least one token in any tokenizer: a word, or up to four characters of Chinese or Japanese. */
const AT_LEAST_ONE = /[\u3040-\u30ff\u3400-\u9fff]{1,4}|[^\s\u3040-\u30ff\u3400-\u9fff]+/gu;
/** Smaller counts prove nothing: some servers do not count the part of the prompt that they had cached. */
const LEAST_CONTEXT = 1_000;

/**
 * Whether a model read fewer tokens than the messages have at the least. Ollama silently drops what does not fit into its
 * context.
 *
 * @param promptTokens the model server's count
 */
export function isPromptCut(messages: readonly Message[], promptTokens: number | undefined): boolean {
  if (promptTokens === undefined || promptTokens < LEAST_CONTEXT) return false;
  let least = 0;
  for (const { content } of messages) least += content.match(AT_LEAST_ONE)?.length ?? 0;
  return promptTokens < least;
}

/** Explains a time-out by the caller's own limit: the server may be healthy and the model slow. */
export function explainedIfTooSlow(error: unknown, title: string, timeoutSeconds: number): unknown {
  if (!(error instanceof UnreachableError) || error.kind !== "timeout") return error;
  return new CommandFailure(
    ExitCode.failed,
    {
      what: `No answer from ${title} within ${timeoutSeconds} s.`,
      cause: "The model is slow on this machine, or still being loaded, or the answer is long.",
      fix: "Raise --timeout-seconds, ask for a shorter answer, or use a smaller model; ollama-chat models shows which.",
    },
    { cause: error },
  );
}
