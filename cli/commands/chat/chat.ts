import type { Command } from "commander";
import { type CommonFlags, withAccessOptions } from "../../access/find-access";
import { positiveNumber, secondsFlag } from "../../answering/answer-options";
import { reportedContext } from "../../answering/reported-context";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import { chooseWay, type Way } from "./choose-way";
import { talkByLines } from "./talk-by-lines";
import { talkInTerminal } from "./talk-in-terminal";
import { TerminalRoom } from "./terminal-room";

export interface ChatFlags extends CommonFlags {
  readonly system?: string;
  readonly through?: string;
  readonly contextTokens?: number;
  readonly timeoutSeconds: number;
}

/** `ollama-chat chat`: a conversation, in a terminal or line by line from standard input. */
export async function chat(session: Session, flags: ChatFlags): Promise<void> {
  const output = session.output(flags);
  const { access, way } = await withWaiting(output, "looking for the servers", async () => {
    const found = await session.access(flags);
    return { access: found, way: await chooseWay(found, flags.through) };
  });
  const contextOf = (model: string | undefined) => reportedContext(access, model);
  const room = new TerminalRoom(way.answerer, output, { ...flags, contextOf });
  room.conversation.system = flags.system;
  const inTerminal = output.interactive && session.io.in.isTTY === true;
  output.note(introduction(way));
  if (inTerminal) output.note(output.noteStyle("dim", "/help lists the commands, Ctrl+D ends.\n"));
  await (inTerminal ? talkInTerminal(session, room, access) : talkByLines(session, room, access));
}

function introduction({ answerer, because }: Way): string {
  const how = answerer.through === "ollama" ? "word by word" : "each answer comes whole";
  const why = because === undefined ? "" : `${because}, so this is `;
  return `${why}${answerer.title}, ${answerer.endpoint}; ${how}.`;
}

/** Adds the command `chat`. */
export function registerChat(program: Command, session: Session): void {
  const command = program
    .command("chat")
    .description("Chat with the stack's model. Without a terminal, each line of stdin is a turn.")
    .optionsGroup("Talking:")
    .option("--through <way>", "opensearch or ollama (default: Ollama where it can be reached)")
    .option("--system <text>", "system prompt")
    .option(
      "--context-tokens <n>",
      "size of the model's context; older turns that do not fit are not sent (default: as Ollama reports, else 4096)",
      positiveNumber,
    )
    .option("--timeout-seconds <n>", "time limit for one answer", secondsFlag, 300);
  withAccessOptions(command).action(async (flags: ChatFlags) => {
    await chat(session, flags);
  });
}
