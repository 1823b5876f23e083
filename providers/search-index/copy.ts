import {
  type Copied,
  countDocuments,
  metaOfIndices,
  putIndexSettings,
  putMapping,
  reindex,
} from "../../clients/opensearch/indices";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { type Deadline, waitFor } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { nameOf } from "../shared/explain";
import type { SearchIndexInputs } from "./inputs";
import { type IndexMark, readMark, sameOwner, withMark } from "./mark";

/** Set on an index while its documents are copied. A document written meanwhile is refused instead of lost. */
export const WRITE_BLOCK = "index.blocks.write";

/** An index made by the same resource with earlier inputs. */
export interface Predecessor {
  readonly name: string;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly mark: IndexMark;
}

/** The resource's indices whose documents have not been taken over yet. */
export async function findPredecessors(server: OpenSearchServer, wanted: IndexMark): Promise<Predecessor[]> {
  if (wanted.owner === "") return [];
  return Object.entries(await metaOfIndices(server)).flatMap(([name, meta]) => {
    const mark = readMark(meta);
    return mark !== undefined && sameOwner(mark, wanted) && mark.supersededBy === undefined
      ? [{ name, meta, mark }]
      : [];
  });
}

/** What happens to the documents of a replaced index. */
export interface Succession {
  readonly predecessor: Predecessor;
  readonly documents: number;
  readonly copied: boolean;
}

/**
 * Decides before anything is created. Documents that cannot be copied (their vectors come from another model, or the
 * program does not want them) are only discarded with `forceDelete`.
 */
export async function planSuccession(
  server: OpenSearchServer,
  predecessors: readonly Predecessor[],
  inputs: SearchIndexInputs,
  mark: IndexMark,
): Promise<Succession[]> {
  const plan: Succession[] = [];
  for (const predecessor of predecessors) {
    const documents = await countDocuments(server, predecessor.name);
    const sameVectors = predecessor.mark.vectors === mark.vectors || mark.vectors === "";
    const copied = inputs.copyDocuments !== false && sameVectors;
    if (!copied && documents > 0 && inputs.forceDelete !== true) throw notCopied(predecessor, documents, inputs);
    plan.push({ predecessor, documents, copied });
  }
  return plan;
}

function notCopied({ name }: Predecessor, documents: number, { copyDocuments }: SearchIndexInputs): ExplainedError {
  const cause =
    copyDocuments === false
      ? "This change needs a new index, and with copyDocuments: false the documents are not copied."
      : "This change needs a new index, and their vectors cannot be compared with those of the new index.";
  return new ExplainedError({
    what: `The ${documents} documents of the index ${name} would be lost.`,
    cause,
    fix: "Set forceDelete: true to discard them, then write them again; or undo the change.",
  });
}

/** Copies the documents, and records in each predecessor which index replaced it. */
export async function applySuccession(
  server: OpenSearchServer,
  plan: readonly Succession[],
  name: string,
  inputs: SearchIndexInputs,
  deadline: Deadline,
): Promise<void> {
  for (const { predecessor, documents, copied } of plan) {
    if (copied) await copy(server, predecessor.name, name, documents, inputs, deadline);
    else if (documents > 0) {
      report(
        `warning: SearchIndex ${nameOf(inputs)}: the ${documents} documents of ${predecessor.name} are not copied to ${name}: write them again`,
      );
    }
    const mark = { ...predecessor.mark, supersededBy: name };
    await putMapping(server, predecessor.name, { _meta: withMark(predecessor.meta, mark) });
  }
}

async function copy(
  server: OpenSearchServer,
  from: string,
  to: string,
  documents: number,
  inputs: SearchIndexInputs,
  deadline: Deadline,
): Promise<void> {
  await putIndexSettings(server, from, { [WRITE_BLOCK]: true });
  if (documents === 0 && (await countDocuments(server, from)) === 0) return;
  try {
    const { total, failures } = await reindexWithProgress(server, from, to, inputs, deadline);
    const [first] = failures;
    if (first !== undefined) throw refused(from, to, failures.length, first);
    report(`SearchIndex ${nameOf(inputs)}: ${total} documents copied from ${from} to ${to}`);
  } catch (error) {
    // The original error matters more than a failure to remove the block. A refresh detects a block that is left.
    await putIndexSettings(server, from, { [WRITE_BLOCK]: null }).catch(() => undefined);
    throw error;
  }
}

/** The server answers only when everything is copied, so progress is reported meanwhile. */
async function reindexWithProgress(
  server: OpenSearchServer,
  from: string,
  to: string,
  inputs: SearchIndexInputs,
  deadline: Deadline,
) {
  let settled = false;
  const running = reindex(server, from, to, deadline.remainingMilliseconds / 1000).finally(() => {
    settled = true;
  });
  running.catch(() => undefined);
  return await waitFor<Copied>(
    async () => (settled ? { done: await running } : { last: `${await countDocuments(server, to)} documents so far` }),
    {
      waitingFor: `the documents of ${from} to be in ${to}`,
      deadline,
      onLong: (line) => report(`SearchIndex ${nameOf(inputs)}: ${line}`),
    },
  );
}

function refused(from: string, to: string, count: number, first: { id: string; reason: string }): ExplainedError {
  return new ExplainedError({
    what: `${count} documents of ${from} do not fit into ${to}; the first is ${first.id}: ${first.reason}`,
    cause: "A field has another type in the new index, and values in these documents do not fit that type.",
    fix: "Correct the mappings or the documents; or set copyDocuments: false and forceDelete: true to start with an empty index.",
  });
}
