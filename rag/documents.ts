import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { decodedText } from "../clients/decoded-text";
import { ExplainedError } from "../diagnosis/explained-error";
import { messageOf } from "../diagnosis/failure";

/** A document in a folder, as text. */
export interface SourceDocument {
  /** Path relative to the folder, with `/` between its parts. */
  readonly source: string;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
}

/** A file or folder that was skipped, and why. A folder's name ends in `/`. */
export interface SkippedFile {
  readonly source: string;
  readonly reason: string;
  /** True if its content is unknown, so what the index has of it must stay. */
  readonly unread: boolean;
}

export interface FolderContent {
  readonly documents: readonly SourceDocument[];
  readonly skipped: readonly SkippedFile[];
  /** Number of files of other kinds, by extension. */
  readonly otherKinds: Readonly<Record<string, number>>;
}

export interface ReadLimits {
  /** Larger files are skipped. In bytes. Default: 2 MiB. */
  readonly maxBytes?: number;
}

/** How a document is read. */
export type DocumentKind = "markdown" | "text";

const KINDS: ReadonlyMap<string, DocumentKind> = new Map([
  [".md", "markdown"],
  [".markdown", "markdown"],
  [".txt", "text"],
]);

/** Extensions of the files that are read, in lower case. Other files are only counted. */
export const DOCUMENT_ENDINGS: readonly string[] = [...KINDS.keys()];

/** The kind of a file by its extension, in any case. `undefined` for one that is not read. */
export function kindOf(path: string): DocumentKind | undefined {
  return KINDS.get(extname(path).toLowerCase());
}

const DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

/**
 * The path that identifies a folder: absolute, without a trailing slash, with symbolic links resolved.
 *
 * @throws ExplainedError if it does not exist.
 */
export async function pathOfFolder(folder: string): Promise<string> {
  return await realpath(folder).catch((error: unknown) => {
    throw notReadable(folder, error);
  });
}

/**
 * Reads the documents of a folder and its subfolders, in the order of their paths. Ignores `node_modules` and names that
 * begin with a dot. Skips symbolic links, so that nothing outside the folder gets in.
 *
 * @throws ExplainedError if the folder does not exist, is not a folder, or cannot be read.
 */
export async function readDocuments(folder: string, limits: ReadLimits = {}): Promise<FolderContent> {
  const documents: SourceDocument[] = [];
  const skipped: SkippedFile[] = [];
  const otherKinds: Record<string, number> = {};
  await mustBeFolder(folder);
  for await (const entry of walk(folder, "")) {
    if ("ending" in entry) {
      otherKinds[entry.ending] = (otherKinds[entry.ending] ?? 0) + 1;
      continue;
    }
    const read = "reason" in entry ? entry : await readOne(folder, entry.source, limits.maxBytes ?? DEFAULT_MAX_BYTES);
    if ("reason" in read) skipped.push(read);
    else documents.push(read);
  }
  return { documents, skipped, otherKinds };
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
    what: `The folder ${folder} cannot be read: ${messageOf(error)}`,
    cause: "It is not there, or you may not read it.",
    fix: "Check the path; it is relative to the working directory.",
  });
}

type Entry = SkippedFile | { readonly source: string } | { readonly ending: string };

async function* walk(folder: string, below: string): AsyncGenerator<Entry> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch (error) {
    if (below === "") throw notReadable(folder, error);
    yield skip(`${below}/`, messageOf(error));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const source = below === "" ? entry.name : `${below}/${entry.name}`;
    // Check for links before looking at the name: a link to a folder may have any name.
    if (entry.isSymbolicLink()) yield await link(folder, source);
    else if (entry.isDirectory()) yield* walk(folder, source);
    else if (kindOf(entry.name) === undefined) yield otherKind(entry.name);
    else if (entry.isFile()) yield { source };
    else yield skip(source, "is not a regular file");
  }
}

async function link(folder: string, source: string): Promise<Entry> {
  const target = await stat(join(folder, source)).catch(() => undefined);
  if (target?.isDirectory()) return skip(`${source}/`, "is a symbolic link to a folder");
  if (target === undefined) return skip(source, "is a broken symbolic link");
  return kindOf(source) === undefined ? otherKind(source) : skip(source, "is a symbolic link");
}

function otherKind(name: string): Entry {
  return { ending: extname(name).toLowerCase() || "without ending" };
}

async function readOne(folder: string, source: string, maxBytes: number): Promise<SourceDocument | SkippedFile> {
  const path = join(folder, source);
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return skip(source, `has ${size} bytes, more than ${maxBytes}`);
    const text = decodedText(await readFile(path));
    if (typeof text !== "string") return skip(source, text.reason);
    if (text.trim() === "") return { ...skip(source, "is empty"), unread: false };
    return { source, text, hash: createHash("sha256").update(text).digest("hex") };
  } catch (error) {
    return skip(source, messageOf(error));
  }
}

function skip(source: string, reason: string): SkippedFile {
  return { source, reason, unread: true };
}
