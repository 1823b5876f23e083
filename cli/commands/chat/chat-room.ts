import { DEFAULT_CONTEXT_TOKENS, type ModelContext } from "../../../clients/ollama/context";
import type { Answer, Answerer, AnswerLimits } from "../../answering/answer";
import { isTooLong } from "../../answering/too-long";
import { Conversation } from "./conversation";

export interface ChatRoomOptions {
  /** Size of the model's context in tokens. Default: looked up with `contextOf`. */
  readonly contextTokens?: number;
  readonly timeoutSeconds: number;
  /** Looks up a model's context; `undefined` if unknown. */
  readonly contextOf: (model: string | undefined) => Promise<ModelContext | undefined>;
  /** Called once when the oldest turns are no longer sent, with what they do not fit into. */
  readonly onLeftOut: (context: string) => void;
}

/** A conversation with a model, and its totals. */
export class ChatRoom {
  readonly conversation: Conversation;
  readonly totals = { answers: 0, seconds: 0, tokens: 0, evalSeconds: 0 };
  #toldLeftOut = false;
  /** The context, for messages. */
  #context: string;
  /** The answerer whose context is known and need not be looked up again. */
  #learnt: Answerer | undefined;
  /** The model that the last answer named. */
  #answeredBy: string | undefined;

  constructor(
    public answerer: Answerer,
    readonly options: ChatRoomOptions,
  ) {
    const { contextTokens = DEFAULT_CONTEXT_TOKENS } = options;
    this.conversation = new Conversation(contextTokens);
    this.#context = `${contextTokens} tokens`;
  }

  /** Asks a question. Keeps the turn once it is answered, or stopped after part of the answer was shown. */
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

  /** As long as the model refuses the prompt as too long, sends half as many earlier turns. */
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

  /** Looks up the context before the first turn that could drop others, and again until the model is loaded. */
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
    this.options.onLeftOut(byEstimate ? this.#context : "the model's context");
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
