import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { registerAsk } from "../../../cli/commands/ask/ask";
import { registerChat } from "../../../cli/commands/chat/chat";
import { registerDoctor } from "../../../cli/commands/doctor/doctor";
import { registerModels } from "../../../cli/commands/models/models";
import { registerPrompt } from "../../../cli/commands/prompt/prompt";
import { registerRag } from "../../../cli/commands/rag/command";
import { registerWeb } from "../../../cli/commands/web/web";
import { Session } from "../../../cli/session";
import { documents, repository } from "../../support/documents/document";

const REGISTERS = [registerAsk, registerChat, registerPrompt, registerModels, registerDoctor, registerRag, registerWeb];

const read = (file: string) => readFileSync(join(repository, file), "utf8");

/** Every line of code in the documents, within a text or in a block. */
const code = documents().flatMap(({ file, blocks, inlineCode }) => [
  ...inlineCode.map(({ line, text }) => ({ place: `${file}:${line}`, text })),
  ...blocks.flatMap((block) =>
    block.text
      .replace(/\\\n\s*/g, " ")
      .split("\n")
      .map((text, i) => ({ place: `${block.file}:${block.line + i}`, text: text.replace(/(^|\s)#\s.*$/, "") })),
  ),
]);

/** What the documents say that is not so: each match of the pattern whose first group is unknown. */
function unknown(pattern: RegExp, isKnown: (name: string) => boolean): string[] {
  return code.flatMap(({ place, text }) =>
    [...text.matchAll(pattern)].filter(([, name = ""]) => !isKnown(name)).map(([match]) => `${place}: ${match}`),
  );
}

describe("the names in the documents", () => {
  it("each npm script that is named is in package.json", () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));
    const named = /\bnpm run (?:--?\w+ )*([a-z][\w:-]*)/g;
    expect(unknown(named, (name) => scripts[name] !== undefined)).toEqual([]);
  });

  it("each configuration key that is set is in a Pulumi.yaml", () => {
    const projects = [
      "Pulumi.yaml",
      ...readdirSync(join(repository, "examples")).map((name) => `examples/${name}/Pulumi.yaml`),
    ];
    const schema = z.object({ config: z.record(z.string(), z.unknown()).default({}) });
    const keys = new Set(projects.flatMap((file) => Object.keys(schema.parse(parse(read(file))).config)));
    const set = /\bconfig set (?:--(?:secret|plaintext|path) )*'?([A-Za-z]+)/g;
    expect(unknown(set, (name) => keys.has(name))).toEqual([]);
    expect(unknown(/^ *pulumi-ollama-chat:(\w+): /g, (name) => keys.has(name))).toEqual([]);
  });

  it("each variable of this project that is named is read by its sources", () => {
    const { include } = z.object({ include: z.string().array() }).parse(JSON.parse(read("tsconfig.json")));
    const sources = [...include, "test/support"].flatMap(sourcesIn).join("\n");
    expect(unknown(/\b((?:PULUMI_)?OLLAMA_CHAT_\w+)/g, (name) => sources.includes(name))).toEqual([]);
  });

  it("each command and flag of ollama-chat that is named is there", () => {
    const program = new Command("ollama-chat").option("-V, --version").option("-h, --help");
    const session = new Session();
    for (const register of REGISTERS) register(program, session);
    const wrong = code.flatMap(({ place, text }) =>
      [...text.matchAll(/\bollama-chat ((?:[a-z]+|--\w)[^|;&<>]*)/g)].flatMap(([match, words = ""]) =>
        mistakesIn(program, words).map((mistake) => `${place}: ${match.trim()}: ${mistake}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

function mistakesIn(program: Command, text: string): string[] {
  const words = text.trim().split(/\s+/);
  let command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (next === undefined) break;
    command = next;
  }
  const isGroup = command.commands.length > 0;
  const first = words[0] ?? "";
  if (command === program && !first.startsWith("-")) return [`there is no command ${first}`];
  const flags = words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.replace(/[^\w-].*$/, ""));
  const known = [...program.options, ...command.options].flatMap(({ short, long }) => [short, long]);
  const allowed = new Set([...known, "--help", "-h"]);
  if (isGroup && command !== program && words.length > 1 && !words[1]?.startsWith("-")) {
    return [`${command.name()} has no command ${words[1]}`];
  }
  return flags.filter((flag) => !allowed.has(flag)).map((flag) => `there is no flag ${flag}`);
}

function sourcesIn(place: string): string[] {
  if (place.endsWith(".ts")) return [read(place)];
  return readdirSync(join(repository, place), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => read(join(place, name)));
}
