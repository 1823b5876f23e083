import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ExplainedError } from "../diagnosis/explained-error";

/** A document of a folder, as text. */
export interface SourceDocument {
  /** Path relative to the folder, with `/` between its parts. */
  readonly source: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
}

/** A file that is not taken, and why. */
export interface SkippedFile {
  readonly source: string;
  readonly reason: string;
  /** True where the file may well hold what it did before, but could not be looked at now. */
  readonly unread: boolean;
}

export interface FolderContent {
  readonly documents: readonly SourceDocument[];
  readonly skipped: readonly SkippedFile[];
}

export interface ReadLimits {
  /** Files above it are skipped, in bytes. Default: 2 MiB. */
  readonly maxBytes?: number;
}

/** Endings of the files that are read. Others are passed over in silence. */
export const DOCUMENT_ENDINGS: readonly string[] = [".md", ".markdown", ".txt"];

const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

/**
 * Reads the documents of a folder and the folders below it, in the order of their paths. Names that begin with a dot
 * and `node_modules` are passed over. Symbolic links are skipped, so that nothing outside of the folder gets in.
 *
 * @throws ExplainedError where the folder is not there, is no folder, or may not be read.
 */
export async function readDocuments(folder: string, limits: ReadLimits = {}): Promise<FolderContent> {
  const documents: SourceDocument[] = [];
  const skipped: SkippedFile[] = [];
  await mustBeFolder(folder);
  for await (const entry of walk(folder, "")) {
    const read = "reason" in entry ? entry : await readOne(folder, entry.source, limits.maxBytes ?? DEFAULT_MAX_BYTES);
    if ("reason" in read) skipped.push(read);
    else documents.push(read);
  }
  return { documents, skipped };
}

async function mustBeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    throw notReadable(folder, error);
  });
  if (found.isDirectory()) return;
  throw new ExplainedError({
    what: `${folder} is a file, not a folder.`,
    cause: "The index mirrors a folder: a document is known by its path in it.",
    fix: "Give the folder that holds the file.",
  });
}

function notReadable(folder: string, error: unknown): ExplainedError {
  return new ExplainedError({
    what: `The folder ${folder} cannot be read: ${textOf(error)}`,
    cause: "It is not there, or you may not read it.",
    fix: "Check the path; it is relative to the working directory.",
  });
}

async function* walk(folder: string, below: string): AsyncGenerator<SkippedFile | { readonly source: string }> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch (error) {
    if (below === "") throw notReadable(folder, error);
    yield skip(`${below}/`, textOf(error), true);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const source = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, source);
    else if (!isDocument(entry.name)) continue;
    else if (entry.isFile()) yield { source };
    else yield skip(source, entry.isSymbolicLink() ? "is a symbolic link" : "is no ordinary file");
  }
}

function isDocument(name: string): boolean {
  return DOCUMENT_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

async function readOne(folder: string, source: string, maxBytes: number): Promise<SourceDocument | SkippedFile> {
  const path = join(folder, source);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return skip(source, `has ${size} bytes, more than ${maxBytes}`);
    const text = decoded(await readFile(path));
    if (text === undefined) return skip(source, "is neither UTF-8 nor UTF-16 text");
    if (text.trim() === "") return skip(source, "is empty");
    return { source, text, hash: createHash("sha256").update(text).digest("hex") };
  } catch (error) {
    return skip(source, textOf(error), true);
  }
}

/** The text of a file, with `\n` at the ends of lines, or `undefined` for what is no text. */
function decoded(bytes: Buffer): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text.replace(/\r\n?/g, "\n");
  } catch {
    return undefined;
  }
}

function skip(source: string, reason: string, unread = false): SkippedFile {
  return { source, reason, unread };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
