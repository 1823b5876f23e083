import { writeFileSync } from "node:fs";
import { listModels } from "../../../clients/ollama/models";
import { sameModel } from "../../../clients/ollama/names";
import { messageOf } from "../../../diagnosis/failure";
import type { Access } from "../../access/access";
import { ollamaOf } from "../../access/gateways";
import type { TerminalRoom } from "./terminal-room";

const HELP: readonly (readonly [string, string])[] = [
  ["/help", "this list"],
  ["/reset", "forget what was said; the system text stays"],
  ["/save FILE", "write the conversation: Markdown, or JSON if FILE ends in .json"],
  ["/system TEXT", "set the system prompt; without TEXT show it, - removes it"],
  ["/model NAME", "go on with another model; without NAME show the present one"],
  ["/stats", "answers, time and tokens so far"],
  ["/exit", "end, as Ctrl+D does"],
];

/** Whether a line is a command to the chat. `//` begins a question that starts with a slash. */
export function isCommand(line: string): boolean {
  return line.startsWith("/") && !line.startsWith("//");
}

/** Runs a command. Resolves to `false` if it ends the chat. */
export async function runCommand(line: string, room: TerminalRoom, access: Access): Promise<boolean> {
  const [, name = "", argument = ""] = /^\/(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  if (name === "exit" || name === "quit") return false;
  const say = (text: string) => room.output.note(text);
  if (name === "help") for (const [command, what] of HELP) say(`${command.padEnd(14)}${dim(room, what)}`);
  else if (name === "reset") reset(room, say);
  else if (name === "save") save(room, argument, say);
  else if (name === "system") setSystem(room, argument, say);
  else if (name === "model") await setModel(room, argument, access, say);
  else if (name === "stats") say(statsText(room));
  else say(`There is no /${name}; /help lists what there is. A question may begin with // for a slash.`);
  return true;
}

type Say = (text: string) => void;

function dim(room: TerminalRoom, text: string): string {
  return room.output.noteStyle("dim", text);
}

function reset(room: TerminalRoom, say: Say): void {
  room.reset();
  say(dim(room, "Forgotten."));
}

function save(room: TerminalRoom, path: string, say: Say): void {
  if (path === "") {
    say("Where to? /save FILE");
    return;
  }
  const text = path.toLowerCase().endsWith(".json") ? asJson(room) : asMarkdown(room);
  try {
    // Never overwrite an existing file.
    writeFileSync(path, text, { flag: "wx" });
    say(dim(room, `Saved ${room.conversation.turns.length} turns to ${path}.`));
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const reason = messageOf(error);
    say(exists ? `${path} exists already; choose another name.` : `${path} cannot be written: ${reason}`);
  }
}

function setSystem(room: TerminalRoom, text: string, say: Say): void {
  const { conversation } = room;
  if (text === "") say(conversation.system ?? dim(room, "There is no system text."));
  else if (text === "-") {
    conversation.system = undefined;
    say(dim(room, "The system text is removed."));
  } else {
    conversation.system = text;
    say(dim(room, "The system prompt is set."));
  }
}

async function setModel(room: TerminalRoom, name: string, access: Access, say: Say): Promise<void> {
  const problem = name === "" ? undefined : await problemWith(name, access);
  if (name === "") say(room.answerer.model ?? dim(room, "The server has not named its model yet."));
  else if (problem !== undefined) say(problem);
  else {
    room.answerer = room.answerer.withModel(name);
    say(dim(room, `From now on ${room.answerer.title}; what was said so far stays.`));
  }
}

/** Why Ollama cannot answer with this model. `undefined` if it can, or if no Ollama is known. */
async function problemWith(name: string, access: Access): Promise<string | undefined> {
  const ollama = ollamaOf(access);
  if (ollama === undefined) return undefined;
  // Do not refuse if only OpenSearch can reach Ollama; the next answer will tell.
  const models = await listModels(ollama).catch(() => undefined);
  if (models === undefined || models.some((model) => sameModel(model.name, name))) return undefined;
  const names = models.map((model) => model.name).join(", ") || "none";
  return `Ollama has no ${name} (it has: ${names}); ollama pull ${name} gets it.`;
}

function statsText(room: TerminalRoom): string {
  const { answers, seconds, tokens, evalSeconds } = room.totals;
  const rate = evalSeconds > 0 ? `, ${(tokens / evalSeconds).toFixed(1)} tokens/s` : "";
  return `${answers} ${answers === 1 ? "answer" : "answers"} in ${seconds.toFixed(1)} s, ${tokens} tokens${rate}`;
}

/** The conversation as Markdown. */
function asMarkdown({ conversation, answerer }: TerminalRoom): string {
  const { system, turns } = conversation;
  const parts = [`# Chat with ${answerer.model ?? "the model"}`];
  if (system !== undefined) parts.push(`> ${system.replaceAll("\n", "\n> ")}`);
  for (const { question, answer, stopped } of turns) {
    parts.push(`**You:** ${question}`, `${answer.trim()}${stopped ? " … (stopped)" : ""}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** The conversation as JSON, with messages as in the chat APIs. */
function asJson({ conversation, answerer }: TerminalRoom): string {
  const { model = null, through } = answerer;
  return `${JSON.stringify({ model, through, messages: conversation.allMessages() }, undefined, 2)}\n`;
}
