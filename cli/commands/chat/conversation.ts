import { estimateTokens } from "../../../rag/tokens";
import type { Message } from "../../answering/answer";

export interface Turn {
  readonly question: string;
  /** The answer, or its first part if it was stopped. */
  readonly answer: string;
  readonly stopped?: boolean;
}

/** Tokens that a model's template adds to a message: its role, start and end. */
const TOKENS_AROUND = 8;
/** Share of the context for the prompt. The rest is for the answer. */
const SHARE_FOR_SENDING = 3 / 4;

/** What is sent for a question. */
export interface Sending {
  readonly messages: readonly Message[];
  /** Number of earlier turns that are sent. */
  readonly turns: number;
  /** Number of oldest turns that are not sent. */
  readonly leftOut: number;
}

/** The turns so far, and how many of them fit into a prompt. */
export class Conversation {
  system: string | undefined;
  readonly #turns: Turn[] = [];

  /** @param contextTokens size of the model's context. */
  constructor(public contextTokens: number) {}

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  keep(turn: Turn): void {
    this.#turns.push(turn);
  }

  reset(): void {
    this.#turns.length = 0;
  }

  /**
   * The messages for a new question: the system text, as many of the newest turns as fit into three quarters of the
   * context by estimate, and the question. Turns are sent whole or not at all.
   *
   * @param mostTurns limit on earlier turns, after the model refused more
   */
  messages(question: string, mostTurns = Number.POSITIVE_INFINITY): Sending {
    const most = this.contextTokens * SHARE_FOR_SENDING;
    let room = most - tokensOf(question) - (this.system === undefined ? 0 : tokensOf(this.system));
    const sent: Turn[] = [];
    for (const turn of this.#turns.toReversed()) {
      room -= tokensOf(turn.question) + tokensOf(turn.answer);
      if (room < 0 || sent.length >= mostTurns) break;
      sent.unshift(turn);
    }
    const messages: Message[] = [
      ...(this.system === undefined ? [] : [{ role: "system", content: this.system } as const]),
      ...sent.flatMap(asMessages),
      { role: "user", content: question },
    ];
    return { messages, turns: sent.length, leftOut: this.#turns.length - sent.length };
  }

  /** Everything, as messages. */
  allMessages(): Message[] {
    const system: Message[] = this.system === undefined ? [] : [{ role: "system", content: this.system }];
    return [...system, ...this.#turns.flatMap(asMessages)];
  }
}

function tokensOf(text: string): number {
  return estimateTokens(text) + TOKENS_AROUND;
}

function asMessages({ question, answer }: Turn): Message[] {
  return [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ];
}
