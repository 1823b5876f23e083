import { createInterface } from "node:readline";
import type { Access } from "../../access/access";
import { answerJson } from "../../answering/measures";
import { printMeasures } from "../../answering/put-question";
import type { Session } from "../../session";
import { isCommand, runCommand } from "./commands";
import type { TerminalRoom } from "./terminal-room";

/**
 * A chat without a terminal. Each line of input is a turn; blank lines are ignored. Answers go to stdout as they arrive,
 * with `--json` as one JSON document per line. The first failure ends the chat.
 */
export async function talkByLines(session: Session, room: TerminalRoom, access: Access): Promise<void> {
  const lines = createInterface({ input: session.io.in, crlfDelay: Number.POSITIVE_INFINITY });
  let turn = 0;
  for await (const raw of lines) {
    const line = raw.trim();
    if (line === "") continue;
    if (isCommand(line)) {
      if (!(await runCommand(line, room, access))) break;
      continue;
    }
    turn += 1;
    await session.interruptible((signal) => tell(room, turn, line.replace(/^\/\//, "/"), signal));
  }
  lines.close();
}

async function tell(room: TerminalRoom, turn: number, question: string, signal: AbortSignal): Promise<void> {
  const { output } = room;
  if (output.json) {
    const answer = await room.ask(question, { signal });
    output.out.write(`${JSON.stringify({ turn, question, ...answerJson(answer) })}\n`);
    return;
  }
  const answer = await room.ask(question, { signal, onText: (text) => output.out.write(text) });
  output.out.write("\n\n");
  printMeasures(output, answer);
}
