import type { Access } from "../../access/access";
import { printMeasures } from "../../answering/put-question";
import { ExitCode } from "../../failure";
import { explanationOf, failureText } from "../../report-failure";
import type { Session } from "../../session";
import { harmless } from "../../terminal/harmless";
import { startWaiting } from "../../terminal/waiting";
import { Wrapper } from "../../terminal/wrap";
import { isCommand, runCommand } from "./commands";
import { LineEditor } from "./line-editor";
import type { TerminalRoom } from "./terminal-room";

/** A chat in a terminal. Ctrl+C stops an answer or clears the line. Ctrl+C twice in a row, or Ctrl+D, ends the chat. */
export async function talkInTerminal(session: Session, room: TerminalRoom, access: Access): Promise<void> {
  const { output } = room;
  const { in: input, err } = session.io;
  const editor = new LineEditor(input, err, `${output.noteStyle(["bold", "cyan"], "›")} `);
  const ending = { asked: false };
  try {
    for (;;) {
      const typed = await editor.read();
      if (typed === "end") break;
      if (typed === "interrupt") {
        if (ending.asked) return endInterrupted(session);
        ending.asked = true;
        output.note(output.noteStyle("dim", "Ctrl+C again ends, and so do Ctrl+D and /exit."));
        continue;
      }
      ending.asked = false;
      const line = typed.line.trim();
      if (line === "") continue;
      if (isCommand(line)) {
        if (!(await runCommand(line, room, access))) return;
        continue;
      }
      const outcome = await turn(session, room, editor, line.replace(/^\/\//, "/"));
      if (outcome === "ended") return endInterrupted(session);
      ending.asked = outcome === "stopped";
    }
    output.note("");
  } finally {
    editor.close();
  }
}

function endInterrupted(session: Session): void {
  session.exitCode = ExitCode.interrupted;
}

/** One question and its answer. `ended` if Ctrl+C came a second time before the answer had stopped. */
async function turn(
  session: Session,
  room: TerminalRoom,
  editor: LineEditor,
  question: string,
): Promise<"answered" | "stopped" | "ended"> {
  const { output } = room;
  const stopper = new AbortController();
  const ended = new Promise<"ended">((resolve) => {
    editor.onInterrupt = () => (stopper.signal.aborted ? resolve("ended") : stopper.abort());
  });
  const waiting = startWaiting(output, room.answerer.title);
  const wrapper = new Wrapper(output.columns ?? Number.POSITIVE_INFINITY);
  const onText = (text: string) => {
    waiting.stop();
    output.out.write(wrapper.add(harmless(text)));
  };
  const answered = room.ask(question, { signal: stopper.signal, onText }).then(
    (answer) => {
      waiting.stop();
      output.out.write(`${wrapper.end()}\n`);
      output.note("");
      printMeasures(output, answer);
      output.note("");
      return "answered" as const;
    },
    (error: unknown) => {
      waiting.stop();
      output.out.write(wrapper.end());
      if (stopper.signal.aborted) {
        output.note(`\n${output.noteStyle("dim", "stopped")}\n`);
        return "stopped" as const;
      }
      output.note(`\n${failureText(explanationOf(error, session.secrets), output)}\n`);
      return "answered" as const;
    },
  );
  try {
    return await Promise.race([answered, ended]);
  } finally {
    waiting.stop();
    editor.onInterrupt = undefined;
  }
}
