import { createHash } from "node:crypto";
import type { FolderContent, SkippedFile, SourceDocument } from "./documents";
import { type DocumentPassage, SPLITTER_VERSION, splitDocument } from "./passages";

/** A passage as the index has it now, without text and vector. */
export interface IndexedPassage {
  readonly id: string;
  /** The folder that it was ingested from; absent in what earlier releases wrote. */
  readonly root?: string;
  readonly source: string;
  readonly sourceHash: string;
}

/** A passage that is to be written. */
export interface NewPassage extends DocumentPassage {
  readonly id: string;
  readonly root: string;
  readonly source: string;
  readonly sourceHash: string;
}

/**
 * What becomes of documents in the index that the folder does not have.
 *
 * - `mirror`: those that were ingested from this folder are removed, others stay; refused where the index holds others
 *   only, as if this were the wrong folder.
 * - `keep`: all stay.
 * - `replace`: all are removed.
 */
export type OthersPolicy = "mirror" | "keep" | "replace";

export interface IngestTarget {
  /** What the folder is known by. */
  readonly root: string;
  readonly embeddingModel: string;
  readonly others: OthersPolicy;
}

export interface IngestPlan {
  readonly write: readonly NewPassage[];
  readonly remove: readonly IndexedPassage[];
  /** Documents that the index has as they are. */
  readonly unchanged: number;
  /** Documents without a passage. */
  readonly blank: readonly string[];
  /** Passages of all documents of the folder. */
  readonly passages: number;
  /** Documents that stay though the folder does not have them. */
  readonly staying: readonly IndexedDocument[];
}

/** A document of the index. */
export interface IndexedDocument {
  readonly root?: string;
  readonly source: string;
}

/**
 * What has to be written and removed so that the index holds the folder's documents. A document is left alone only if
 * all of its passages are there: one whose ingestion was interrupted is written again.
 *
 * A document is known by its folder and its path in it. One without a folder, of an earlier release, is this folder's
 * where path and text are the same.
 */
export function planIngest(
  { documents, skipped }: Pick<FolderContent, "documents" | "skipped">,
  indexed: readonly IndexedPassage[],
  { root, embeddingModel, others }: IngestTarget,
): IngestPlan {
  const before = byDocument(indexed);
  const write: NewPassage[] = [];
  const remove: IndexedPassage[] = [];
  const blank: string[] = [];
  let unchanged = 0;
  let passages = 0;
  for (const document of documents) {
    const { source, text, hash } = document;
    const sourceHash = hashOf(hash, SPLITTER_VERSION, embeddingModel);
    const wanted = splitDocument(source, text).map((passage) => {
      return { ...passage, id: passageId(root, source, passage.position), root, source, sourceHash };
    });
    const found = taken(before, documentKey({ root, source }));
    const rootless = documentKey({ source });
    if (isTakenOver(document, before.get(rootless) ?? [], embeddingModel)) remove.push(...taken(before, rootless));
    passages += wanted.length;
    const wantedIds = new Set(wanted.map(({ id }) => id));
    if (wanted.length === 0) blank.push(source);
    else if (
      found.length === wanted.length &&
      found.every((old) => wantedIds.has(old.id) && old.sourceHash === sourceHash)
    ) {
      unchanged += 1;
      continue;
    }
    write.push(...wanted);
    remove.push(...found.filter(({ id }) => !wantedIds.has(id)));
  }
  const staying: IndexedDocument[] = [];
  for (const found of before.values()) {
    const [first] = found;
    if (first === undefined) continue;
    const own = first.root === root;
    const goes = others === "replace" || (others === "mirror" && own);
    if (goes && !(own && isUnknown(first.source, skipped))) remove.push(...found);
    else if (!own) staying.push({ root: first.root, source: first.source });
  }
  return { write, remove, unchanged, blank, passages, staying };
}

/** Documents of the index that are not this folder's; all of them, where it holds none that is. */
export function othersOnly(
  documents: readonly SourceDocument[],
  indexed: readonly IndexedPassage[],
  { root, embeddingModel }: IngestTarget,
): readonly IndexedDocument[] {
  const before = byDocument(indexed);
  const isOwn = indexed.some((passage) => passage.root === root);
  const takesOver = (document: SourceDocument) =>
    isTakenOver(document, before.get(documentKey({ source: document.source })) ?? [], embeddingModel);
  if (isOwn || documents.some(takesOver)) return [];
  return [...before.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}

/** True for a path that could not be looked at now, and so may well be as it was. */
function isUnknown(source: string, skipped: readonly SkippedFile[]): boolean {
  return skipped.some(({ unread, source: path }) => {
    return unread && (source === path || source.startsWith(path.endsWith("/") ? path : `${path}/`));
  });
}

/** How documents were cut by the releases that did not keep their folder. */
const ROOTLESS_VERSION = 1;

function isTakenOver(document: SourceDocument, rootless: readonly IndexedPassage[], embeddingModel: string): boolean {
  const [first] = rootless;
  return first !== undefined && first.sourceHash === hashOf(document.hash, ROOTLESS_VERSION, embeddingModel);
}

function documentKey({ root, source }: IndexedDocument): string {
  return JSON.stringify([root ?? null, source]);
}

function byDocument(indexed: readonly IndexedPassage[]): Map<string, IndexedPassage[]> {
  const groups = new Map<string, IndexedPassage[]>();
  for (const passage of indexed) {
    const key = documentKey(passage);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [passage]);
    else group.push(passage);
  }
  return groups;
}

function taken(groups: Map<string, IndexedPassage[]>, key: string): readonly IndexedPassage[] {
  const group = groups.get(key) ?? [];
  groups.delete(key);
  return group;
}

/** The same passage of the same document always has the same id, so writing it again replaces it. */
export function passageId(root: string, source: string, position: number): string {
  return `${sha256([root, source]).slice(0, 32)}-${position}`;
}

/** Differs also when the same document would be cut or embedded otherwise. */
function hashOf(documentHash: string, version: number, embeddingModel: string): string {
  return sha256([documentHash, version, embeddingModel]);
}

function sha256(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
