import { ServerError } from "../../../clients/errors";
import type { Answer, Answerer, AnswerLimits } from "../../answering/answer";
import type { Output } from "../../output";
import { Conversation } from "./conversation";

/** Ollama's words. */
const CONTEXT_EXCEEDED = /exceeds the context length/;

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
    let shown = "";
    const onText = (text: string) => {
      shown += text;
      limits.onText?.(text);
    };
    const { timeoutSeconds } = this.options;
    try {
      const answer = await this.#answered(question, { timeoutSeconds, signal: limits.signal, onText });
      this.conversation.keep({ question, answer: answer.text });
      this.#count(answer);
      return answer;
    } catch (error) {
      if (limits.signal?.aborted && shown !== "") this.conversation.keep({ question, answer: shown, stopped: true });
      throw error;
    }
  }

  /** Where the model says that what is sent does not fit, half of the turns that went along stay behind, and so on. */
  async #answered(question: string, limits: AnswerLimits): Promise<Answer> {
    for (let mostTurns: number | undefined; ; ) {
      const { messages, turns, leftOut } = this.conversation.messages(question, mostTurns);
      if (leftOut > 0) this.#tellLeftOut(mostTurns === undefined);
      try {
        return await this.answerer.answer(messages, limits);
      } catch (error) {
        if (turns === 0 || !(error instanceof ServerError) || !CONTEXT_EXCEEDED.test(error.reason)) throw error;
        mostTurns = Math.floor(turns / 2);
      }
    }
  }

  #tellLeftOut(byEstimate: boolean): void {
    if (this.#toldLeftOut) return;
    this.#toldLeftOut = true;
    const where = byEstimate ? `${this.options.contextTokens} tokens` : "the model's context";
    const text = `The oldest turns do not fit into ${where} any more and are not sent; /reset starts anew.`;
    this.output.note(this.output.noteStyle("dim", text));
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
