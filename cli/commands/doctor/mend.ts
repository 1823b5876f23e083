import { clearLine, cursorTo } from "node:readline";
import { confirm, isCancel } from "@clack/prompts";
import { redact } from "../../../clients/redact";
import { causeAndFix } from "../../../diagnosis/diagnose";
import { ExplainedError, type Explanation } from "../../../diagnosis/explained-error";
import { messageOf } from "../../../diagnosis/failure";
import { Interrupted } from "../../failure";
import type { Output } from "../../output";
import type { Session } from "../../session";
import { cutToWidth } from "../../terminal/width";
import type { Repair } from "./check";
import type { CheckResult } from "./run-checks";

/**
 * Runs the repairs of the results and the additional ones, each once. Asks before each unless `withoutAsking`.
 *
 * @returns ids of the repairs that ran.
 */
export async function mend(
  results: readonly CheckResult[],
  besides: readonly Repair[],
  withoutAsking: boolean,
  output: Output,
  session: Session,
): Promise<string[]> {
  const repairs = [
    ...new Map([...results.flatMap(({ repair }) => repair ?? []), ...besides].map((one) => [one.id, one])).values(),
  ];
  if (repairs.length === 0) output.note("There is nothing that doctor can repair.");
  const done: string[] = [];
  for (const repair of repairs) {
    if (!withoutAsking && !(await agreed(repair, session))) continue;
    if (await carriedOut(repair, output, session)) done.push(repair.id);
  }
  return done;
}

async function agreed(repair: Repair, { io }: Session): Promise<boolean> {
  const message = `Shall doctor ${repair.action}?`;
  const answer = await confirm({ message, input: io.in, output: io.err });
  if (isCancel(answer)) throw new Interrupted();
  return answer;
}

/** Runs a repair and prints a failure. The checks run again afterwards and show what is still wrong. */
async function carriedOut(repair: Repair, output: Output, session: Session): Promise<boolean> {
  const line = new ProgressLine(output);
  try {
    output.note(`${repair.action} ...`);
    await session.interruptible(() => repair.run((text) => line.say(text)));
    return true;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    line.end();
    const { what, cause, fix } = explanationOf(error);
    output.note(`  ${output.noteStyle("red", "failed:")} ${redact(what, session.secrets)}`);
    output.note(`  ${output.noteStyle("bold", "cause:")} ${cause}`);
    output.note(`  ${output.noteStyle("bold", "fix:")} ${fix}`);
    return true;
  } finally {
    line.end();
  }
}

function explanationOf(error: unknown): Explanation {
  if (error instanceof ExplainedError) return error.explanation;
  const what = messageOf(error);
  return { what, ...causeAndFix(error) };
}

/** Progress of a repair: one line that is overwritten on a terminal, elsewhere a line for each phase. */
class ProgressLine {
  #phase = "";

  constructor(private readonly output: Output) {}

  say(text: string): void {
    const { err, noteColumns } = this.output;
    if (this.output.interactive && noteColumns !== undefined) {
      this.end();
      err.write(`  ${this.output.noteStyle("dim", cutToWidth(text, noteColumns - 3))}`);
      return;
    }
    // Percentages change many times a second. Print each phase once.
    const phase = text.replace(/ \d+ % of .*$/, "");
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.output.note(`  ${phase}`);
  }

  end(): void {
    if (!this.output.interactive) return;
    cursorTo(this.output.err, 0);
    clearLine(this.output.err, 0);
  }
}
