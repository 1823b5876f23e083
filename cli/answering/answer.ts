import { UnreachableError } from "../../clients/errors";
import { CommandFailure, ExitCode } from "../failure";

/** One part of a conversation, in the form of Ollama's and OpenAI's chat APIs. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The way a question takes: OpenSearch's `_predict`, or straight to Ollama. */
export type Through = "opensearch" | "ollama";

export interface Answer {
  readonly text: string;
  /** What the model wrote before its answer, where it thinks first. */
  readonly thinking?: string;
  /** Why the answer ended, in the model server's word: `stop`, or `length` where it was cut. */
  readonly doneReason?: string;
  /** True where the model read less than what was sent. */
  readonly promptCut?: boolean;
  /** Name and tag, as the model server tells it. */
  readonly model?: string;
  /** From sending the question to the whole answer. */
  readonly seconds: number;
  /** Tokens of the answer. */
  readonly tokens?: number;
  /** Tokens of all that was sent. */
  readonly promptTokens?: number;
  /**
   * Tokens of the answer a second: by Ollama's own clock, which leaves loading and reading out; with the API `openai`,
   * which has no clock, over the whole wait.
   */
  readonly tokensPerSecond?: number;
  readonly through: Through;
}

export interface AnswerLimits {
  /** Longest wait for the whole answer. */
  readonly timeoutSeconds: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Told each part of the answer as it comes; through OpenSearch that is the whole answer at once. */
  readonly onText?: (text: string) => void;
}

/** Something that answers: a deployed model behind OpenSearch, or Ollama itself. */
export interface Answerer {
  readonly through: Through;
  /** Name and tag, where it is known before the first answer. */
  readonly model?: string;
  /** Names it in a sentence: `smollm2:135m through OpenSearch`. */
  readonly title: string;
  /** The endpoint that is asked. */
  readonly endpoint: string;
  answer(messages: readonly Message[], limits: AnswerLimits): Promise<Answer>;
  /** The same way to another model. */
  withModel(model: string): Answerer;
}

/** Long enough for a model on a CPU; the connectors of this package wait as long. */
export const DEFAULT_TIMEOUT_SECONDS = 300;

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

/** A wait that reached the caller's own limit, told as what it is: the server may be well, and the model slow. */
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
