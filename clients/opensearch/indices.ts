import { z } from "zod";
import { ServerError } from "../errors";
import { refresh } from "./documents";
import { orMissing } from "./refusal";
import { type OpenSearchServer, path } from "./server";

type Json = Readonly<Record<string, unknown>>;

/** An index as the server shows it: settings by flat key, every value a text or a list of texts. */
export interface IndexDocument {
  readonly uuid: string;
  readonly mappings: Json;
  readonly settings: Json;
  /** Aliases that show only those of its documents that a filter lets through. */
  readonly filteredAliases: readonly string[];
}

const json = z.record(z.string(), z.unknown());
const acknowledged = z.looseObject({ acknowledged: z.boolean() });
/** An index that is not there is answered 404: an answer that names none says nothing of it. */
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

/** The index of exactly this name, or `undefined`; an alias of this name is none. */
export async function getIndex(server: OpenSearchServer, name: string): Promise<IndexDocument | undefined> {
  return (await indicesBehind(server, name)).get(name);
}

/** The indices behind a name, by their own: one of this name, or those of the alias; empty where there is neither. */
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

/** Makes an index. Not repeated by itself: a second try is refused because of the first. */
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

/** Adds fields to an index, or changes what can be changed of them; `_meta` is replaced as a whole. */
export async function putMapping(server: OpenSearchServer, name: string, mappings: Json): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/${name}/_mapping`,
    body: mappings,
    answer: acknowledged,
    repeatable: true,
  });
}

/** Sets flat keys; `null` puts a key back to its default. */
export async function putIndexSettings(server: OpenSearchServer, name: string, settings: Json): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/${name}/_settings`,
    body: settings,
    answer: acknowledged,
    repeatable: true,
  });
}

/** Deletes an index with its documents; one that is not there counts as deleted. */
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

/** How many documents an index holds, with everything that was written until now. */
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

/** `_meta` of every index that has one, by the index's name; empty where the user may not look at all of them. */
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

/** With documents that did not fit, the same answer has their status, such as 400. */
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
 * Copies all documents of one index into another under the same ids; can be repeated.
 *
 * @param timeoutSeconds longest wait for the answer, which comes when all is done.
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
