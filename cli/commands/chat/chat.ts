import type { CommonFlags } from "../../access/access-options";
import { toldContext } from "../../answering/told-context";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import { ChatRoom } from "./chat-room";
import { chooseWay, type Way } from "./choose-way";
import { talkByLines } from "./talk-by-lines";
import { talkInTerminal } from "./talk-in-terminal";

export interface ChatFlags extends CommonFlags {
  readonly system?: string;
  readonly through?: string;
  readonly contextTokens?: number;
  readonly timeoutSeconds: number;
}

/** `ollama-chat chat`: many turns, in a terminal or line by line from standard input. */
export async function chat(session: Session, flags: ChatFlags): Promise<void> {
  const output = session.output(flags);
  const { access, way } = await withWaiting(output, "looking for the servers", async () => {
    const found = await session.access(flags);
    return { access: found, way: await chooseWay(found, flags.through) };
  });
  const contextOf = (model: string | undefined) => toldContext(access, model);
  const room = new ChatRoom(way.answerer, output, { ...flags, contextOf });
  room.conversation.system = flags.system;
  const inTerminal = output.interactive && session.surroundings.in.isTTY === true;
  output.note(introduction(way));
  if (inTerminal) output.note(output.noteStyle("dim", "/help lists the commands, Ctrl+D ends.\n"));
  await (inTerminal ? talkInTerminal(session, room, access) : talkByLines(session, room, access));
}

function introduction({ answerer, because }: Way): string {
  const how = answerer.through === "ollama" ? "word by word" : "each answer comes whole";
  const why = because === undefined ? "" : `${because}, so this is `;
  return `${why}${answerer.title}, ${answerer.endpoint}; ${how}.`;
}
