import type { Command } from "commander";
import { withAccessOptions } from "../../access/find-access";
import { type AnswerFlags, withAnswerOptions } from "../../answering/answer-options";
import { answerJson } from "../../answering/measures";
import { printAnswer, putQuestion } from "../../answering/put-question";
import { CommandFailure, ExitCode } from "../../failure";
import { givenText, readTextFile } from "../../read-text";
import type { Session } from "../../session";
import { table } from "../../terminal/table";

export interface PromptFlags extends AnswerFlags {
  readonly list?: boolean;
  readonly show?: boolean;
  readonly file?: string;
  readonly template?: string;
  readonly set?: readonly string[];
}

/** `ollama-chat prompt`: fills a template and sends it to the model. */
export async function prompt(session: Session, words: readonly string[], flags: PromptFlags): Promise<void> {
  const output = session.output(flags);
  if (flags.list) {
    const entries = TEMPLATES.map((entry) => ({ ...entry, placeholders: placeholdersOf(entry.template) }));
    const rows = entries.map(({ name, template, purpose }) => [name, JSON.stringify(template).slice(1, -1), purpose]);
    const columns = [{ title: "NAME" }, { title: "TEMPLATE" }, { title: "FOR", cut: true }];
    const titleStyle = (title: string) => output.style("dim", title);
    return output.result({ templates: entries }, () => table(columns, rows, { columns: output.columns, titleStyle }));
  }
  const { template, rest } = chosen(words, flags);
  const values = { ...valuesOf(flags.set ?? []) };
  refuseUnknown(template, values);
  const open = placeholdersOf(template).filter((name) => !(name in values));
  const forText = open.find((name) => TEXT_PLACEHOLDERS.includes(name));
  const text = forText === undefined ? undefined : await textOf(session, rest, flags);
  if (forText !== undefined && text !== undefined) values[forText] = text;
  if (forText === undefined && (rest.length > 0 || flags.file !== undefined)) throw nowhereForText(template);
  refuseMissing(template, values);
  const question = filled(template, values);
  if (flags.show) return output.result({ prompt: question }, () => question);
  const answer = await putQuestion(session, flags, question);
  printAnswer(output, answer, { prompt: question, ...answerJson(answer) });
}

function chosen(words: readonly string[], flags: PromptFlags): { template: string; rest: readonly string[] } {
  if (flags.template !== undefined)
    return { template: readTextFile(flags.template, "--template").replace(/\n$/, ""), rest: words };
  const [name, ...rest] = words;
  const known = TEMPLATES.find((entry) => entry.name === name);
  if (known !== undefined) return { template: known.template, rest };
  const names = TEMPLATES.map((entry) => entry.name).join(", ");
  throw new CommandFailure(ExitCode.usage, {
    what: name === undefined ? "Which prompt?" : `There is no prompt ${JSON.stringify(name)}.`,
    cause: `The prompts are: ${names}.`,
    fix: 'ollama-chat prompt summarize "…", or one of your own: --template FILE.',
  });
}

async function textOf(session: Session, rest: readonly string[], flags: PromptFlags): Promise<string | undefined> {
  if (flags.file === undefined) return await givenText(rest, session.io);
  if (rest.length === 0) return textOfFile(flags.file);
  throw new CommandFailure(ExitCode.usage, {
    what: "The text is given twice, as an argument and by --file.",
    cause: "A prompt takes one text.",
    fix: "Leave one of them out.",
  });
}

function textOfFile(path: string): string {
  const text = readTextFile(path, "--file").trim();
  if (text !== "") return text;
  throw new CommandFailure(ExitCode.usage, {
    what: `The file ${path}, named by --file, holds no text.`,
    cause: "It is empty, or has nothing but blanks.",
    fix: "Give the file that you mean; to leave the text out, give --set text= instead.",
  });
}

function valuesOf(assignments: readonly string[]): Record<string, string> {
  const entries = assignments.map((assignment) => {
    const at = assignment.indexOf("=");
    if (at > 0) return [assignment.slice(0, at), assignment.slice(at + 1)] as const;
    throw new CommandFailure(ExitCode.usage, {
      what: `--set ${assignment} is not of the form name=value.`,
      cause: "A value goes into the template by its name.",
      fix: "For example --set tone=friendly.",
    });
  });
  return Object.fromEntries(entries);
}

function refuseUnknown(template: string, values: Readonly<Record<string, string>>): void {
  const names = placeholdersOf(template);
  const unknown = Object.keys(values).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  throw new CommandFailure(ExitCode.usage, {
    what: `The template has no ${unknown.map((name) => `{${name}}`).join(", ")}.`,
    cause: names.length === 0 ? "It has no placeholders at all." : `Its placeholders are: ${braced(names)}.`,
    fix: "Correct the name in --set, or put the placeholder into the template.",
  });
}

function refuseMissing(template: string, values: Readonly<Record<string, string>>): void {
  const missing = placeholdersOf(template).filter((name) => !(name in values));
  if (missing.length === 0) return;
  const asText = missing.find((name) => TEXT_PLACEHOLDERS.includes(name));
  const sets = missing.filter((name) => name !== asText).map((name) => `--set ${name}=…`);
  const ways = [asText && `a text for {${asText}} (as an argument, by --file or piped in)`, ...sets].filter(Boolean);
  throw new CommandFailure(ExitCode.usage, {
    what: `The template lacks values for ${braced(missing)}.`,
    cause: "Every placeholder needs a value before the prompt can be asked.",
    fix: `Give ${ways.join(" and ")}.`,
  });
}

function nowhereForText(template: string): CommandFailure {
  const names = placeholdersOf(template);
  return new CommandFailure(ExitCode.usage, {
    what: "The template has no place for a text.",
    cause: `A text goes to {text} or {query}; ${names.length === 0 ? "it has no placeholders" : `it has ${braced(names)}`}.`,
    fix: "Leave the text out, or put {text} into the template.",
  });
}

function braced(names: readonly string[]): string {
  return names.map((name) => `{${name}}`).join(", ");
}

/** Adds the command `prompt`. */
export function registerPrompt(program: Command, session: Session): void {
  const command = program
    .command("prompt")
    .description("Fill in a prompt template and send it to the model: qa, summarize, classify, or your own.")
    .argument("[name-and-text...]", "qa, summarize or classify, then the text; - or nothing reads the text from stdin")
    .optionsGroup("The prompt:")
    .option("--list", "list the templates")
    .option("--show", "print the prompt without sending it")
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

/** A prompt with placeholders such as `{name}`. */
interface PromptTemplate {
  readonly name: string;
  readonly template: string;
  readonly purpose: string;
}

const TEMPLATES: readonly PromptTemplate[] = [
  { name: "qa", template: "Question: {query}\nAnswer: ", purpose: "answer a question" },
  { name: "summarize", template: "Summarize this: {text}\n\nSummary: ", purpose: "summarize a text" },
  { name: "classify", template: "Classify this: {text}\n\nCategory: ", purpose: "put a text into a category" },
];

/** Placeholders for the text argument. */
const TEXT_PLACEHOLDERS: readonly string[] = ["query", "text"];

/** `{name}`, or `{{name}}`, an escape for a literal `{name}`. Other braces are plain text. */
const PLACEHOLDER = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** Names of a template's placeholders, each once, in order. */
export function placeholdersOf(template: string): string[] {
  const names = [...template.matchAll(PLACEHOLDER)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
  return [...new Set(names)];
}

/** Fills in a template. Braces in values are plain text. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(PLACEHOLDER, (whole, literal: string | undefined, name: string | undefined) => {
    if (name === undefined) return `{${literal}}`;
    return values[name] ?? whole;
  });
}
