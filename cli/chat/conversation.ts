import type { Message } from "../answering/answer";

export interface Turn {
  readonly question: string;
  /** What was answered; a part of it where the answer was stopped. */
  readonly answer: string;
  readonly stopped?: boolean;
}

/** English text and code have about four characters a token. */
const CHARACTERS_A_TOKEN = 4;
/** The rest of the context is for the answer. */
const SHARE_FOR_SENDING = 3 / 4;

/** What was said so far, and how much of it is sent along. */
export class Conversation {
  system: string | undefined;
  readonly #turns: Turn[] = [];
  readonly #mostCharacters: number;

  /** @param contextTokens tokens that the model's context holds. */
  constructor(contextTokens: number) {
    this.#mostCharacters = contextTokens * SHARE_FOR_SENDING * CHARACTERS_A_TOKEN;
  }

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
   * as fit into three quarters of the context, counting four characters a token. Turns are sent whole or not at all.
   */
  messages(question: string): { readonly messages: Message[]; readonly leftOut: number } {
    let room = this.#mostCharacters - question.length - (this.system?.length ?? 0);
    const sent: Turn[] = [];
    for (const turn of this.#turns.toReversed()) {
      room -= turn.question.length + turn.answer.length;
      if (room < 0) break;
      sent.unshift(turn);
    }
    const messages: Message[] = [
      ...(this.system === undefined ? [] : [{ role: "system", content: this.system } as const]),
      ...sent.flatMap(asMessages),
      { role: "user", content: question },
    ];
    return { messages, leftOut: this.#turns.length - sent.length };
  }

  /** Everything, as messages. */
  allMessages(): Message[] {
    const system: Message[] = this.system === undefined ? [] : [{ role: "system", content: this.system }];
    return [...system, ...this.#turns.flatMap(asMessages)];
  }
}

function asMessages({ question, answer }: Turn): Message[] {
  return [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ];
}
