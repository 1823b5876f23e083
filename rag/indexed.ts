import { z } from "zod";
import { refresh, scan } from "../clients/opensearch/documents";
import type { OpenSearchServer } from "../clients/opensearch/server";
import type { IndexedDocument, IndexedPassage } from "./ingest-plan";
import { writeAll } from "./write";

const passageSchema = z.looseObject({ root: z.string().optional(), source: z.string(), sourceHash: z.string() });

/** The passages in the index. Ignores other documents, so they are never removed. */
export async function indexedPassages(server: OpenSearchServer, index: string): Promise<IndexedPassage[]> {
  const found: IndexedPassage[] = [];
  await refresh(server, index);
  const fields = ["root", "source", "sourceHash"];
  for await (const { id, source: document } of scan(server, index, ["source", "position", "root"], fields)) {
    const parsed = passageSchema.safeParse(document);
    if (!parsed.success) continue;
    const { root, source, sourceHash } = parsed.data;
    found.push({ id, root, source, sourceHash });
  }
  return found;
}

/** A document of an index, and how many passages it has there. */
export interface CountedDocument extends IndexedDocument {
  readonly passages: number;
}

/** The documents of an index, by folder and path. */
export async function listDocuments(server: OpenSearchServer, index: string): Promise<CountedDocument[]> {
  const found = new Map<string, CountedDocument>();
  for (const { root, source } of await indexedPassages(server, index)) {
    const key = JSON.stringify([root, source]);
    found.set(key, { root, source, passages: (found.get(key)?.passages ?? 0) + 1 });
  }
  return [...found.values()];
}

const MAX_BATCH = 500;

/**
 * Removes a document from an index. Searches no longer find it as soon as this returns.
 *
 * @returns the number of passages that it had; 0 if it is not there.
 */
export async function removeDocument(
  server: OpenSearchServer,
  index: string,
  { root, source }: IndexedDocument,
): Promise<number> {
  const own = (await indexedPassages(server, index)).filter((passage) => {
    return passage.root === root && passage.source === source;
  });
  for (let at = 0; at < own.length; at += MAX_BATCH) {
    const batch = own.slice(at, at + MAX_BATCH).map(({ id }) => ({ id }));
    await writeAll(server, index, batch);
  }
  await refresh(server, index);
  return own.length;
}
