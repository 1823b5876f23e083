import type { ChatEvent, ChatRequest, Measures } from "../../../web/protocol";
import type { Access } from "../../access/access";
import type { Answer } from "../../answering/answer";
import { answerProblems } from "../../answering/measures";
import { reportedContext } from "../../answering/reported-context";
import { ChatRoom } from "../chat/chat-room";
import { chooseWay } from "../chat/choose-way";

export interface AskOptions {
  /** As `--through`. */
  readonly through?: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly send: (event: ChatEvent) => void;
}

/** Answers a question of the page's conversation. The page holds the conversation; nothing of it stays here. */
export async function askInConversation(
  access: Access,
  { question, turns }: ChatRequest,
  { through, timeoutSeconds, signal, send }: AskOptions,
): Promise<void> {
  const remarks: string[] = [];
  const { answerer } = await chooseWay(access, through);
  const room = new ChatRoom(answerer, {
    timeoutSeconds,
    contextOf: (model) => reportedContext(access, model),
    onLeftOut: (context) => remarks.push(`The oldest turns do not fit into ${context} any more and were not sent.`),
  });
  for (const turn of turns) room.conversation.keep(turn);
  const answer = await room.ask(question, { signal, onText: (text) => send({ type: "text", text }) });
  remarks.push(...answerProblems(answer));
  const { text, thinking = null } = answer;
  send({ type: "done", text: text.trim(), thinking, remarks, cited: [], measures: measuresOf(answer) });
}

export function measuresOf({ model, through, seconds, tokens, tokensPerSecond }: Answer): Measures {
  return {
    model: model ?? null,
    through,
    seconds,
    tokens: tokens ?? null,
    tokensPerSecond: tokensPerSecond ?? null,
  };
}
