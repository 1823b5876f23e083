import { redact } from "../clients/redact";
import { causeAndFix } from "../diagnosis/diagnose";
import { ExplainedError, type Explanation } from "../diagnosis/explained-error";
import { messageOf } from "../diagnosis/failure";
import { CommandFailure, ExitCode } from "./failure";
import type { Output } from "./output";
import { harmless } from "./terminal/harmless";
import { wrapped } from "./terminal/wrap";

/** Prints what failed, why and how to fix it, as text or JSON. Returns the exit code. */
export function reportFailure(error: unknown, output: Output, secrets: readonly string[]): ExitCode {
  const explanation = explanationOf(error, secrets);
  const exitCode = error instanceof CommandFailure ? error.exitCode : ExitCode.failed;
  if (output.json) {
    output.err.write(`${JSON.stringify({ error: { ...explanation, exitCode } }, undefined, 2)}\n`);
  } else {
    output.note(failureText(explanation, output));
  }
  return exitCode;
}

/** What failed, why and how to fix it, without secrets. */
export function explanationOf(error: unknown, secrets: readonly string[]): Explanation {
  const explanation = error instanceof ExplainedError ? error.explanation : diagnosed(error);
  const clean = (text: string) => redact(text, secrets);
  return { what: clean(explanation.what), cause: clean(explanation.cause), fix: clean(explanation.fix) };
}

/** The three parts as lines for stderr. */
export function failureText({ what, cause, fix }: Explanation, output: Output): string {
  const part = (label: string, style: "red" | "bold", indent: string, text: string) => {
    const lines = wrapped(`${indent}${label} ${harmless(text)}`, output.noteColumns);
    return lines
      .replace(label, output.noteStyle(style, label))
      .replaceAll(/\n(?=\S)/g, `\n${indent === "" ? "  " : indent}`);
  };
  return [part("error:", "red", "", what), part("cause:", "bold", "  ", cause), part("fix:", "bold", "  ", fix)].join(
    "\n",
  );
}

function diagnosed(error: unknown): Explanation {
  const text = messageOf(error);
  return { what: text, ...causeAndFix(error) };
}
