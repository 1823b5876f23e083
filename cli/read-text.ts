import { closeSync, openSync, readSync } from "node:fs";
import { decodedText } from "../clients/decoded-text";
import { messageOf } from "../diagnosis/failure";
import { CommandFailure, ExitCode } from "./failure";
import type { ProcessIo } from "./process-io";

/**
 * The text for a command: its arguments, or standard input if the argument is `-` or if there are no arguments and stdin
 * is no terminal. `undefined` if the text is blank.
 */
export async function givenText(words: readonly string[], { in: input }: ProcessIo): Promise<string | undefined> {
  const fromInput = words.length === 0 ? input.isTTY !== true : words.length === 1 && words[0] === "-";
  const text = fromInput ? await everything(input) : words.join(" ");
  return text.trim() === "" ? undefined : text.trim();
}

async function everything(input: ProcessIo["in"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk as Buffer));
    size += chunks.at(-1)?.length ?? 0;
    if (size > MOST_BYTES) throw tooLong("Standard input");
  }
  return asText(Buffer.concat(chunks), "Standard input");
}

const MEBIBYTE = 2 ** 20;
/** More than any model reads at once. The limit also guards against endless devices such as /dev/zero. */
const MOST_BYTES = 16 * MEBIBYTE;

function tooLong(what: string): CommandFailure {
  return new CommandFailure(ExitCode.usage, {
    what: `${what} holds more than ${MOST_BYTES / MEBIBYTE} MiB.`,
    cause: "No model reads that much at once. It may be the wrong file, or an endless device.",
    fix: "Give a shorter text. For many or long documents there is ollama-chat rag ingest.",
  });
}

/** @param what names the source in messages; begins a sentence. */
function asText(bytes: Buffer, what: string): string {
  const text = decodedText(bytes);
  if (typeof text === "string") return text;
  throw new CommandFailure(ExitCode.usage, {
    what: `${what} ${text.reason}.`,
    cause: `It is in another encoding, such as ${text.encoding ?? "Latin-1"}, or is not text. Read as UTF-8, its characters would be wrong.`,
    fix: `Convert it, for example iconv -f ${text.encoding ?? "ISO-8859-1"} -t UTF-8 FILE.`,
  });
}

/** @param flag the flag that names the file, for the message. */
export function readTextFile(path: string, flag: string): string {
  return asText(bytesOf(path, flag), `The file ${path}, named by ${flag},`);
}

/** The bytes of a file. `flag` is the flag that names it, for the message. */
export function bytesOf(path: string, flag: string): Buffer {
  try {
    const bytes = readUpTo(path, MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) throw tooLong(`The file ${path}, named by ${flag},`);
    return bytes;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(ExitCode.usage, {
      what: `The file ${path}, named by ${flag}, cannot be read: ${messageOf(error)}`,
      cause: "There is no such file, it is a folder, or you may not read it.",
      fix: "Correct the path; it is relative to the working directory.",
    });
  }
}

function readUpTo(path: string, most: number): Buffer {
  const file = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; size < most; ) {
      const chunk = Buffer.alloc(Math.min(MEBIBYTE, most - size));
      const read = readSync(file, chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      size += read;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}
