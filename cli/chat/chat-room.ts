import type { Answer, Answerer, AnswerLimits } from "../answering/answer";
import type { Output } from "../output";
import { Conversation } from "./conversation";

/** A conversation with the one who answers, and what it took so far. */
export class ChatRoom {
  readonly conversation: Conversation;
  readonly totals = { answers: 0, seconds: 0, tokens: 0, evalSeconds: 0 };
  #toldLeftOut = false;

  constructor(
    public answerer: Answerer,
    readonly output: Output,
    readonly options: { readonly contextTokens: number; readonly timeoutSeconds: number },
  ) {
    this.conversation = new Conversation(options.contextTokens);
  }

  /** Puts a question. The turn is kept once it is answered, or stopped after a part of the answer was shown. */
  async ask(question: string, limits: Pick<AnswerLimits, "signal" | "onText">): Promise<Answer> {
    const { messages, leftOut } = this.conversation.messages(question);
    if (leftOut > 0 && !this.#toldLeftOut) {
      this.#toldLeftOut = true;
      const text = `The oldest turns do not fit into ${this.options.contextTokens} tokens any more and are not sent; /reset starts anew.`;
      this.output.note(this.output.noteStyle("dim", text));
    }
    let shown = "";
    const onText = (text: string) => {
      shown += text;
      limits.onText?.(text);
    };
    const { timeoutSeconds } = this.options;
    try {
      const answer = await this.answerer.answer(messages, { timeoutSeconds, signal: limits.signal, onText });
      this.conversation.keep({ question, answer: answer.text });
      this.#count(answer);
      return answer;
    } catch (error) {
      if (limits.signal?.aborted && shown !== "") this.conversation.keep({ question, answer: shown, stopped: true });
      throw error;
    }
  }

  reset(): void {
    this.conversation.reset();
    this.#toldLeftOut = false;
  }

  #count({ seconds, tokens, tokensPerSecond }: Answer): void {
    this.totals.answers += 1;
    this.totals.seconds += seconds;
    if (tokens === undefined || tokensPerSecond === undefined) return;
    this.totals.tokens += tokens;
    this.totals.evalSeconds += tokens / tokensPerSecond;
  }
}
