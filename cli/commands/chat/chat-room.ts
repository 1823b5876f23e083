import { DEFAULT_CONTEXT_TOKENS, type ModelContext } from "../../../clients/ollama/context";
import type { Answer, Answerer, AnswerLimits } from "../../answering/answer";
import { isTooLong } from "../../answering/too-long";
import type { Output } from "../../output";
import { Conversation } from "./conversation";

export interface ChatRoomOptions {
  /** Tokens that the model's context holds, where the caller says so; else the model is asked about. */
  readonly contextTokens?: number;
  readonly timeoutSeconds: number;
  /** What is known of a model's context; `undefined` where nobody tells it. */
  readonly contextOf: (model: string | undefined) => Promise<ModelContext | undefined>;
}

/** A conversation with the one who answers, and what it took so far. */
export class ChatRoom {
  readonly conversation: Conversation;
  readonly totals = { answers: 0, seconds: 0, tokens: 0, evalSeconds: 0 };
  #toldLeftOut = false;
  /** How the context is called, and of which model it is known for good. */
  #context: string;
  #learnt: Answerer | undefined;
  /** The model that the last answer named. */
  #answeredBy: string | undefined;

  constructor(
    public answerer: Answerer,
    readonly output: Output,
    readonly options: ChatRoomOptions,
  ) {
    const { contextTokens = DEFAULT_CONTEXT_TOKENS } = options;
    this.conversation = new Conversation(contextTokens);
    this.#context = `${contextTokens} tokens`;
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
      this.#answeredBy = answer.model;
      this.#count(answer);
      return answer;
    } catch (error) {
      if (limits.signal?.aborted && shown !== "") this.conversation.keep({ question, answer: shown, stopped: true });
      throw error;
    }
  }

  /** Where the model says that what is sent does not fit, half of the turns that went along stay behind, and so on. */
  async #answered(question: string, limits: AnswerLimits): Promise<Answer> {
    await this.#learnContext();
    for (let mostTurns: number | undefined; ; ) {
      const { messages, turns, leftOut } = this.conversation.messages(question, mostTurns);
      if (leftOut > 0) this.#tellLeftOut(mostTurns === undefined);
      try {
        return await this.answerer.answer(messages, limits);
      } catch (error) {
        if (turns === 0 || !isTooLong(error)) throw error;
        mostTurns = Math.floor(turns / 2);
      }
    }
  }

  /** Once there are turns that could be left out; again where the model was not loaded yet, so that more may be told. */
  async #learnContext(): Promise<void> {
    const { answerer, conversation, options } = this;
    if (options.contextTokens !== undefined || conversation.turns.length === 0 || this.#learnt === answerer) return;
    const told = await options.contextOf(answerer.model ?? this.#answeredBy);
    if (told === undefined || told.loaded) this.#learnt = answerer;
    conversation.contextTokens = told?.tokens ?? DEFAULT_CONTEXT_TOKENS;
    this.#context =
      told === undefined
        ? `${DEFAULT_CONTEXT_TOKENS} tokens, Ollama's default context,`
        : `the model's context of ${told.tokens} tokens`;
  }

  #tellLeftOut(byEstimate: boolean): void {
    if (this.#toldLeftOut) return;
    this.#toldLeftOut = true;
    const where = byEstimate ? this.#context : "the model's context";
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
