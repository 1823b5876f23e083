import { createHash } from "node:crypto";
import type { FolderContent, SkippedFile, SourceDocument } from "./documents";
import { type DocumentPassage, SPLITTER_VERSION, splitDocument } from "./passages";

/** A passage that the index holds, without text and vector. */
export interface IndexedPassage {
  readonly id: string;
  /** The folder that it was ingested from. Absent in passages of earlier releases. */
  readonly root?: string;
  readonly source: string;
  readonly sourceHash: string;
}

/** A passage to write. */
export interface NewPassage extends DocumentPassage {
  readonly id: string;
  readonly root: string;
  readonly source: string;
  readonly sourceHash: string;
}

/**
 * What happens to documents in the index that are not in the folder.
 *
 * - `mirror`: removes those that were ingested from this folder and keeps the others. Refused if the index only holds
 *   documents of other folders: this is probably the wrong folder.
 * - `keep`: keeps all.
 * - `replace`: removes all.
 */
export type OthersPolicy = "mirror" | "keep" | "replace";

export interface IngestTarget {
  /** Identifies the folder. */
  readonly root: string;
  readonly embeddingModel: string;
  readonly others: OthersPolicy;
}

export interface IngestPlan {
  readonly write: readonly NewPassage[];
  readonly remove: readonly IndexedPassage[];
  /** Documents that are up to date in the index. */
  readonly unchanged: number;
  /** Documents without a passage. */
  readonly blank: readonly string[];
  /** Number of passages of all documents in the folder. */
  readonly passages: number;
  /** Documents of other folders that stay in the index. */
  readonly staying: readonly IndexedDocument[];
}

/** A document in the index. */
export interface IndexedDocument {
  readonly root?: string;
  readonly source: string;
}

/**
 * Plans what to write and remove so that the index holds the folder's documents. A document counts as unchanged only if
 * all of its passages are there, so one whose ingestion was interrupted is written again.
 *
 * A document is identified by its folder and its path in it. One that an earlier release wrote has no folder; it belongs
 * to this folder if path and text are the same.
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

/** All documents of the index, if none of them is from this folder; else none. */
export function documentsOfOthers(
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

/** Whether a path could not be read this time, so that its document may be unchanged. */
function isUnknown(source: string, skipped: readonly SkippedFile[]): boolean {
  return skipped.some(({ unread, source: path }) => {
    return unread && (source === path || source.startsWith(path.endsWith("/") ? path : `${path}/`));
  });
}

/** Splitter version of the releases that did not store the folder. */
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

/** A stable id, so that writing a passage again replaces it. */
export function passageId(root: string, source: string, position: number): string {
  return `${sha256([root, source]).slice(0, 32)}-${position}`;
}

/** A hash that also changes when the splitter or the embedding model changes. */
function hashOf(documentHash: string, version: number, embeddingModel: string): string {
  return sha256([documentHash, version, embeddingModel]);
}

function sha256(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
