import { createHash } from "node:crypto";
import type { FolderContent } from "./documents";
import { type DocumentPassage, SPLITTER_VERSION, splitDocument } from "./passages";

/** A passage as the index has it now, without text and vector. */
export interface IndexedPassage {
  readonly id: string;
  readonly source: string;
  readonly sourceHash: string;
}

/** A passage that is to be written. */
export interface NewPassage extends DocumentPassage {
  readonly id: string;
  readonly source: string;
  readonly sourceHash: string;
}

export interface IngestPlan {
  readonly write: readonly NewPassage[];
  readonly remove: readonly IndexedPassage[];
  /** Documents that the index has as they are. */
  readonly unchanged: number;
  /** Passages of all documents of the folder. */
  readonly passages: number;
}

/**
 * What has to be written and removed so that the index holds the folder's documents. A document is left alone only if
 * all of its passages are there: one whose ingestion was interrupted is written again.
 *
 * @param keepOthers true to leave documents alone that the folder does not have
 */
export function planIngest(
  { documents, skipped }: FolderContent,
  indexed: readonly IndexedPassage[],
  embeddingModel: string,
  keepOthers: boolean,
): IngestPlan {
  const before = bySource(indexed);
  const write: NewPassage[] = [];
  const remove: IndexedPassage[] = [];
  let unchanged = 0;
  let passages = 0;
  for (const { source, text, hash } of documents) {
    const sourceHash = hashOf(hash, embeddingModel);
    const wanted = splitDocument(source, text).map((passage) => {
      return { ...passage, id: passageId(source, passage.position), source, sourceHash };
    });
    const found = before.get(source) ?? [];
    before.delete(source);
    passages += wanted.length;
    const wantedIds = new Set(wanted.map(({ id }) => id));
    if (
      found.length === wanted.length &&
      found.every((old) => wantedIds.has(old.id) && old.sourceHash === sourceHash)
    ) {
      unchanged += 1;
      continue;
    }
    write.push(...wanted);
    remove.push(...found.filter(({ id }) => !wantedIds.has(id)));
  }
  const unread = skipped.filter((file) => file.unread).map(({ source }) => source);
  for (const [source, found] of before) {
    // A file that could not be looked at now may well be as it was. A folder's name ends in "/".
    const unknown = unread.some((path) => source === path || (path.endsWith("/") && source.startsWith(path)));
    if (!keepOthers && !unknown) remove.push(...found);
  }
  return { write, remove, unchanged, passages };
}

function bySource(indexed: readonly IndexedPassage[]): Map<string, IndexedPassage[]> {
  const groups = new Map<string, IndexedPassage[]>();
  for (const passage of indexed) {
    const group = groups.get(passage.source);
    if (group === undefined) groups.set(passage.source, [passage]);
    else group.push(passage);
  }
  return groups;
}

/** The same passage of the same document always has the same id, so writing it again replaces it. */
export function passageId(source: string, position: number): string {
  return `${createHash("sha256").update(source).digest("hex").slice(0, 32)}-${position}`;
}

/** Differs also when the same document would be cut or embedded otherwise. */
function hashOf(documentHash: string, embeddingModel: string): string {
  return createHash("sha256")
    .update(JSON.stringify([documentHash, SPLITTER_VERSION, embeddingModel]))
    .digest("hex");
}
