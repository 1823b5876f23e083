import { ServerError } from "../clients/errors";
import { type BulkOperation, refresh } from "../clients/opensearch/documents";
import { putMapping } from "../clients/opensearch/indices";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { Deadline } from "../clients/wait";
import { ExplainedError } from "../diagnosis/explained-error";
import { PASSAGE_FIELDS, type Passage } from "../providers/search-index/passages";
import { DOCUMENT_ENDINGS, type FolderContent, pathOfFolder, readDocuments, type SkippedFile } from "./documents";
import { type Embedder, embed } from "./embed";
import { indexedPassages } from "./indexed";
import {
  documentsOfOthers,
  type IndexedDocument,
  type IngestTarget,
  type NewPassage,
  type OthersPolicy,
  planIngest,
} from "./ingest-plan";
import type { PassageIndex } from "./passage-index";
import { writeAll } from "./write";

export interface IngestOptions {
  readonly server: OpenSearchServer;
  readonly index: PassageIndex;
  /** Deployed embedding model. */
  readonly embeddingModelId: string;
  readonly folder: string;
  /** Identifies the folder in the index. Default: its absolute path, with symbolic links resolved. */
  readonly root?: string;
  /** What happens to documents in the index that are not in the folder. Default: `mirror`. */
  readonly others?: OthersPolicy;
  /** Passages that are embedded and written together. Default: 16. */
  readonly batchSize?: number;
  /** Batches that run at the same time. Default: 2. */
  readonly concurrency?: number;
  /** Time limit for embedding one batch, in seconds. Default: 300. */
  readonly batchTimeoutSeconds?: number;
  /** Called after each batch. */
  readonly onProgress?: (progress: IngestProgress) => void;
}

export interface IngestProgress {
  readonly done: number;
  readonly total: number;
  /** The document of the last passage. */
  readonly source: string;
}

/** A passage that the embedding model or the index refused. */
export interface IngestFailure {
  readonly source: string;
  readonly position: number;
  readonly reason: string;
}

export interface IngestReport {
  readonly files: number;
  readonly unchanged: number;
  readonly skipped: readonly SkippedFile[];
  /** Number of files of other kinds, by extension. */
  readonly otherKinds: Readonly<Record<string, number>>;
  /** Documents of other folders that stay in the index. */
  readonly staying: readonly IndexedDocument[];
  /** Number of passages of all documents in the folder. */
  readonly passages: number;
  readonly written: number;
  readonly removed: number;
  readonly failures: readonly IngestFailure[];
  readonly seconds: number;
}

/**
 * Writes a folder's documents to an index, as passages with vectors. Run again, it only writes what has changed. Searches
 * see the new documents as soon as it returns.
 *
 * @throws ExplainedError if the folder has no documents, or the index only holds documents of other folders.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const started = performance.now();
  const { server, index, folder, others = "mirror" } = options;
  const content = await readDocuments(folder);
  if (content.documents.length === 0) throw noDocuments(folder, content);
  const target = { root: options.root ?? (await pathOfFolder(folder)), embeddingModel: index.embeddingModel, others };
  const indexed = await indexedPassages(server, index.name);
  if (others === "mirror") refuseOtherFolder(options, target, documentsOfOthers(content.documents, indexed, target));
  const plan = planIngest(content, indexed, target);
  // Indices of earlier releases lack this field. The next `pulumi up` would add the same one.
  if (!index.knowsRoots) await putMapping(server, index.name, { properties: { root: PASSAGE_FIELDS.root } });
  const failures = await writePassages(options, plan.write);
  const broken = new Set(failures.map(({ source }) => source));
  const remove = plan.remove.filter(({ source }) => !broken.has(source));
  for (const batch of batches(remove, 500))
    await writeAll(
      server,
      index.name,
      batch.map(({ id }) => ({ id })),
    );
  await refresh(server, index.name);
  return {
    files: content.documents.length - plan.blank.length,
    unchanged: plan.unchanged,
    skipped: [...content.skipped, ...plan.blank.map(blankFile)],
    otherKinds: content.otherKinds,
    staying: plan.staying,
    passages: plan.passages,
    written: plan.write.length - failures.length,
    removed: remove.length,
    failures,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Embeds and writes passages, a few batches at a time. */
async function writePassages(options: IngestOptions, passages: readonly NewPassage[]): Promise<IngestFailure[]> {
  const { server, index, batchSize = 16, concurrency = 2, batchTimeoutSeconds = 300, onProgress } = options;
  const embedder: Embedder = { server, modelId: options.embeddingModelId, dimension: index.dimension };
  const failures: IngestFailure[] = [];
  let done = 0;
  let accepted = 0;
  await pool(batches(passages, batchSize), concurrency, async (batch) => {
    const texts = batch.map(({ title, text }) => `${title}\n${text}`);
    const vectors = await embed(embedder, texts, Deadline.after(batchTimeoutSeconds * 1000));
    const operations: BulkOperation[] = [];
    for (const [at, passage] of batch.entries()) {
      const { source, position } = passage;
      const vector = vectors[at];
      if (vector instanceof ServerError) failures.push({ source, position, reason: vector.reason });
      else if (vector !== undefined) operations.push(operation(passage, vector));
    }
    const [first] = vectors;
    // The model accepts no passage at all: it is missing, say, or out of memory.
    if (first instanceof ServerError && operations.length === 0 && accepted === 0) throw first;
    accepted += operations.length;
    const refused =
      operations.length === 0 ? new Map<string, string>() : await writeAll(server, index.name, operations);
    if (batch.length > 1 && refused.size === batch.length) throw allRefused(index.name, batch, refused);
    for (const { id, source, position } of batch) {
      const reason = refused.get(id);
      if (reason !== undefined) failures.push({ source, position, reason });
    }
    done += batch.length;
    onProgress?.({ done, total: passages.length, source: batch.at(-1)?.source ?? "" });
  });
  return failures;
}

function operation({ id, ...passage }: NewPassage, vector: readonly number[]): BulkOperation {
  const document: Passage = { ...passage, vector };
  return { id, document: { ...document } };
}

function blankFile(source: string): SkippedFile {
  return { source, reason: "holds nothing but comments", unread: false };
}

function noDocuments(folder: string, { skipped }: FolderContent): ExplainedError {
  const [first] = skipped;
  return new ExplainedError({
    what: `There is no document in ${folder}, so nothing was changed.`,
    cause:
      first === undefined
        ? `Only files that end in ${DOCUMENT_ENDINGS.join(", ")} are read.`
        : `${skipped.length} files were skipped; ${first.source} ${first.reason}.`,
    fix: "Give the folder with your documents; PDF, HTML and office files have to be converted to Markdown or text before.",
  });
}

/** Guards against ingesting the wrong folder. */
function refuseOtherFolder(
  { index, folder }: IngestOptions,
  { root }: IngestTarget,
  others: readonly IndexedDocument[],
): void {
  if (others.length === 0) return;
  const roots = [...new Set(others.flatMap((document) => document.root ?? []))];
  const named = roots.slice(0, MAX_ROOTS_NAMED).join(", ") + (roots.length > MAX_ROOTS_NAMED ? " and others" : "");
  const moved = roots.length === 1 ? ` If that is where this folder was before, add --as ${roots[0]}.` : "";
  throw new ExplainedError({
    what: `The index ${index.name} holds ${others.length} documents, and none of ${folder}; nothing was changed.`,
    cause:
      roots.length === 0
        ? "They were ingested by an earlier release, which did not store their folder, and none has the path and text of a document here."
        : `They were ingested from ${named}; this folder is ${root}.`,
    fix: `Give the folder that was ingested before, or add --keep to keep both, or --replace to remove the others.${moved}`,
  });
}

const MAX_ROOTS_NAMED = 3;

function allRefused(index: string, batch: readonly NewPassage[], refused: ReadonlyMap<string, string>): ExplainedError {
  const [first] = batch;
  return new ExplainedError({
    what: `The index ${index} refused all passages. Passage ${first?.position} of ${first?.source}: ${refused.get(first?.id ?? "")}`,
    cause:
      "The index does not fit what is written: its vectors have another length, its fields other types, or it is read-only.",
    fix: "Look at its mapping and settings; an index that the stack made fits. What was written before stays, and running again goes on.",
  });
}

/** Runs tasks concurrently, at most `limit` at a time. After a failure it starts no more tasks and throws the error. */
async function pool<T>(items: Iterable<T>, limit: number, task: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const runner = async () => {
    for (let next = iterator.next(); !next.done && !failed; next = iterator.next()) {
      try {
        await task(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runners = await Promise.allSettled(Array.from({ length: limit }, runner));
  const broken = runners.find((runner) => runner.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}

/** Groups of at most `size` items, in order. */
export function* batches<T>(things: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const thing of things) {
    batch.push(thing);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
