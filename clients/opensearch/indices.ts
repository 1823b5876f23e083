import { z } from "zod";
import { ServerError } from "../errors";
import { refresh } from "./documents";
import { orMissing } from "./refusal";
import { type OpenSearchServer, path } from "./server";

type Json = Readonly<Record<string, unknown>>;

/** An index as the server shows it. Settings have flat keys, and each value is a string or a list of strings. */
export interface IndexDocument {
  readonly uuid: string;
  readonly mappings: Json;
  readonly settings: Json;
  /** Aliases with a filter, which show only part of the documents. */
  readonly filteredAliases: readonly string[];
}

const json = z.record(z.string(), z.unknown());
const acknowledged = z.looseObject({ acknowledged: z.boolean() });
/** A missing index is a 404, so an empty answer is not valid. */
const indexAnswer = z
  .record(
    z.string(),
    z.object({
      mappings: json.default({}),
      settings: json.default({}),
      aliases: z.record(z.string(), z.looseObject({ filter: z.unknown().optional() })).default({}),
    }),
  )
  .refine((indices) => Object.keys(indices).length > 0, "names no index");

/** The index with exactly this name, or `undefined`. Aliases do not count. */
export async function getIndex(server: OpenSearchServer, name: string): Promise<IndexDocument | undefined> {
  return (await indicesBehind(server, name)).get(name);
}

/** The indices behind a name, by their own names: the index with this name, those of the alias, or none. */
export async function indicesBehind(
  server: OpenSearchServer,
  name: string,
): Promise<ReadonlyMap<string, IndexDocument>> {
  const call = server.call({
    method: "GET",
    path: path`/${name}`,
    query: { flat_settings: true },
    answer: indexAnswer,
    repeatable: true,
  });
  const found = Object.entries((await orMissing(call)) ?? {});
  return new Map(
    found.map(([index, { mappings, settings, aliases }]) => {
      const filtered = Object.entries(aliases).filter(([, { filter }]) => filter !== undefined);
      const filteredAliases = filtered.map(([alias]) => alias);
      return [index, { uuid: String(settings["index.uuid"] ?? ""), mappings, settings, filteredAliases }];
    }),
  );
}

/** Creates an index. Not retried, because a second attempt would fail on the first one's index. */
export async function createIndex(
  server: OpenSearchServer,
  name: string,
  body: { readonly mappings: Json; readonly settings: Json },
): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/${name}`,
    body,
    answer: acknowledged,
    repeatable: false,
  });
}

/** Adds fields to an index, or changes what can be changed. `_meta` is replaced as a whole. */
export async function putMapping(server: OpenSearchServer, name: string, mappings: Json): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/${name}/_mapping`,
    body: mappings,
    answer: acknowledged,
    repeatable: true,
  });
}

/** Sets flat keys; `null` resets a key to its default. */
export async function putIndexSettings(server: OpenSearchServer, name: string, settings: Json): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/${name}/_settings`,
    body: settings,
    answer: acknowledged,
    repeatable: true,
  });
}

/** Deletes an index with its documents, if it exists. */
export async function deleteIndex(server: OpenSearchServer, name: string): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: path`/${name}`,
    answer: acknowledged,
    repeatable: true,
  });
  await orMissing(call);
}

const countAnswer = z.object({ count: z.number() });

/** Number of documents in an index, including everything written so far. */
export async function countDocuments(server: OpenSearchServer, name: string): Promise<number> {
  await refresh(server, name);
  const answer = await server.call({
    method: "GET",
    path: path`/${name}/_count`,
    answer: countAnswer,
    repeatable: true,
  });
  return answer.count;
}

const metaAnswer = z.record(z.string(), z.object({ mappings: z.object({ _meta: json.optional() }).optional() }));

/** `_meta` of every index that has one, by index name. Empty if the user may not read all indices. */
export async function metaOfIndices(server: OpenSearchServer): Promise<Readonly<Record<string, Json>>> {
  const call = server.call({
    method: "GET",
    path: "/*/_mapping",
    query: { filter_path: "*.mappings._meta" },
    answer: metaAnswer,
    repeatable: true,
  });
  try {
    const entries = Object.entries(await call).flatMap(([name, { mappings }]) =>
      mappings?._meta === undefined ? [] : [[name, mappings._meta] as const],
    );
    return Object.fromEntries(entries);
  } catch (error) {
    if (error instanceof ServerError && error.status === 403) return {};
    throw error;
  }
}

/** Statuses of an answer that lists documents which could not be copied, such as 400. */
const NOT_ALL_COPIED = [400, 403];

const reindexRefusal = z.object({ error: z.object({ type: z.string(), reason: z.string() }), status: z.number() });
const reindexAnswer = z.object({
  total: z.number(),
  timed_out: z.boolean().optional(),
  failures: z.array(
    z.looseObject({ id: z.string().optional(), cause: z.looseObject({ reason: z.string().optional() }).optional() }),
  ),
});
const reindexOutcome = z.union([reindexAnswer, reindexRefusal]);

export interface Copied {
  readonly total: number;
  /** Documents that the new index refused: id and the server's reason. */
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Copies all documents from one index to another under the same ids. Safe to repeat.
 *
 * @param timeoutSeconds time limit; the server answers when everything is copied.
 */
export async function reindex(
  server: OpenSearchServer,
  from: string,
  to: string,
  timeoutSeconds: number,
): Promise<Copied> {
  const answer = await server.call({
    method: "POST",
    path: "/_reindex",
    query: { refresh: true },
    body: { source: { index: from }, dest: { index: to } },
    accepts: NOT_ALL_COPIED,
    answer: reindexOutcome,
    repeatable: true,
    timeoutSeconds,
  });
  if ("error" in answer) {
    throw new ServerError(answer.status, answer.error.type, answer.error.reason, "POST /_reindex");
  }
  const failures = answer.failures.map(({ id, cause }) => ({
    id: id ?? "",
    reason: cause?.reason ?? "no reason given",
  }));
  return { total: answer.total, failures };
}
