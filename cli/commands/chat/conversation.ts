import { estimateTokens } from "../../../rag/tokens";
import type { Message } from "../../answering/answer";

export interface Turn {
  readonly question: string;
  /** What was answered; a part of it where the answer was stopped. */
  readonly answer: string;
  readonly stopped?: boolean;
}

/** What a model's template puts around a message: whose it is, where it begins and ends. */
const TOKENS_AROUND = 8;
/** The rest of the context is for the answer. */
const SHARE_FOR_SENDING = 3 / 4;

/** What is sent for a question. */
export interface Sending {
  readonly messages: readonly Message[];
  /** Turns that are sent along. */
  readonly turns: number;
  /** Turns that are not, the oldest. */
  readonly leftOut: number;
}

/** What was said so far, and how much of it is sent along. */
export class Conversation {
  system: string | undefined;
  readonly #turns: Turn[] = [];

  /** @param contextTokens tokens that the model's context holds. */
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
   * The messages for a new question: the system text and the question always, and before it as many of the newest turns
   * as fit into three quarters of the context, by estimate. Turns are sent whole or not at all.
   *
   * @param mostTurns of them, where the model itself said that more do not fit
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
