import { readFileSync } from "node:fs";
import { ExitCode } from "./exit-codes";
import { CommandFailure } from "./failure";
import type { Surroundings } from "./surroundings";

/**
 * The text that a command is given: the words of its arguments, or standard input where they are `-`, or where there
 * are none and something is piped in. `undefined` where there is none at all.
 */
export async function givenText(words: readonly string[], { in: input }: Surroundings): Promise<string | undefined> {
  const fromInput = words.length === 0 ? input.isTTY !== true : words.length === 1 && words[0] === "-";
  const text = fromInput ? await everything(input) : words.join(" ");
  return text.trim() === "" ? undefined : text.trim();
}

async function everything(input: Surroundings["in"]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}

/** @param flag the flag that names the file, for the message. */
export function readTextFile(path: string, flag: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CommandFailure(ExitCode.usage, {
      what: `The file ${path}, named by ${flag}, cannot be read: ${error instanceof Error ? error.message : error}`,
      cause: "There is no such file, it is a folder, or you may not read it.",
      fix: "Correct the path; it is relative to the working directory.",
    });
  }
}
