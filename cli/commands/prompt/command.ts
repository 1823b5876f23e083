import type { Command } from "commander";
import { withAccessOptions } from "../../access/access-options";
import { withAnswerOptions } from "../../answering/answer-options";
import type { Session } from "../../session";
import { type PromptFlags, prompt } from "./prompt";

/** Adds the command `prompt`. */
export function registerPrompt(program: Command, session: Session): void {
  const command = program
    .command("prompt")
    .description("Fill a prompt template and ask it: qa, summarize, classify, or one of your own.")
    .argument("[name-and-text...]", "qa, summarize or classify, then the text; - or nothing reads the text from stdin")
    .optionsGroup("The prompt:")
    .option("--list", "list the templates")
    .option("--show", "print the prompt and ask nothing")
    .option("--file <path>", "take the text from a file")
    .option("--template <path>", "a template of your own, with {name} where a value goes")
    .option("--set <name=value>", "a value for your template; repeat for more", collected);
  withAccessOptions(withAnswerOptions(command)).action(async (words: string[], flags: PromptFlags) => {
    await prompt(session, words, flags);
  });
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
