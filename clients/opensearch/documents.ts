import { z } from "zod";
import { anyObject } from "./answers";
import { type OpenSearchServer, path } from "./server";

type Json = Readonly<Record<string, unknown>>;

/** One operation of a bulk request. Repeating it changes nothing. */
export type BulkOperation = { readonly id: string; readonly document: Json } | { readonly id: string };

/** An operation that the server refused, as the bulk answer describes it. */
export interface BulkRefusal {
  readonly id: string;
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

const bulkItem = z.looseObject({
  _id: z.string(),
  status: z.number(),
  error: z
    .looseObject({
      type: z.string().optional(),
      reason: z.string().nullish(),
      caused_by: z.looseObject({ reason: z.string().nullish() }).nullish(),
    })
    .optional(),
});
const bulkAnswer = z.looseObject({ errors: z.boolean(), items: z.array(z.record(z.string(), bulkItem)) });

/**
 * Writes and deletes documents of an index in one request. Deleting a missing document is not an error.
 *
 * @returns the refused operations; the others succeeded.
 */
export async function bulk(
  server: OpenSearchServer,
  index: string,
  operations: readonly BulkOperation[],
): Promise<BulkRefusal[]> {
  const lines = operations.flatMap((operation): Json[] =>
    "document" in operation
      ? [{ index: { _id: operation.id } }, operation.document]
      : [{ delete: { _id: operation.id } }],
  );
  const answer = await server.call({
    method: "POST",
    path: path`/${index}/_bulk`,
    body: lines,
    answer: bulkAnswer,
    repeatable: true,
  });
  return answer.items.flatMap((item) =>
    Object.entries(item).flatMap(([verb, { _id: id, status, error }]) => {
      if (error === undefined || (verb === "delete" && status === 404)) return [];
      const reason = [error.reason, error.caused_by?.reason].filter(Boolean).join(": ") || "no reason given";
      return [{ id, status, type: error.type ?? "", reason }];
    }),
  );
}

/** A document found by a search. */
export interface Hit {
  readonly id: string;
  readonly score: number;
  readonly source: Json;
  /** Names of the named queries that it matches. */
  readonly matchedQueries: readonly string[];
  readonly sort: readonly unknown[];
}

const searchAnswer = z.looseObject({
  hits: z.looseObject({
    hits: z.array(
      z.looseObject({
        _id: z.string(),
        _score: z.number().nullish(),
        _source: z.record(z.string(), z.unknown()).default({}),
        matched_queries: z.array(z.string()).default([]),
        sort: z.array(z.unknown()).default([]),
      }),
    ),
  }),
  ext: z.record(z.string(), z.unknown()).optional(),
});

export interface SearchResult {
  readonly hits: readonly Hit[];
  /** What search processors added to the answer. */
  readonly ext: Json;
}

export interface SearchLimits {
  /** Time limit in seconds. Default: the connection's. */
  readonly timeoutSeconds?: number;
  /** False for expensive searches, which should not be sent again after a time-out. Default: true. */
  readonly repeatable?: boolean;
}

/** Searches one index. */
export async function search(
  server: OpenSearchServer,
  index: string,
  body: Json,
  { timeoutSeconds, repeatable = true }: SearchLimits = {},
): Promise<SearchResult> {
  const answer = await server.call({
    method: "POST",
    path: path`/${index}/_search`,
    body,
    answer: searchAnswer,
    repeatable,
    timeoutSeconds,
  });
  const hits = answer.hits.hits.map((hit) => ({
    id: hit._id,
    score: hit._score ?? 0,
    source: hit._source,
    matchedQueries: hit.matched_queries,
    sort: hit.sort,
  }));
  return { hits, ext: answer.ext ?? {} };
}

const PAGE_SIZE = 1000;

/**
 * All documents of an index that are visible to searches, page by page.
 *
 * @param sort fields that together identify a document
 * @param fields fields to return
 */
export async function* scan(
  server: OpenSearchServer,
  index: string,
  sort: readonly string[],
  fields: readonly string[],
): AsyncGenerator<Hit> {
  let after: readonly unknown[] | undefined;
  for (;;) {
    const { hits } = await search(server, index, {
      size: PAGE_SIZE,
      // The field may be missing in a document or in the whole index.
      sort: sort.map((field) => ({ [field]: { order: "asc", unmapped_type: "keyword" } })),
      _source: fields,
      ...(after && { search_after: after }),
    });
    yield* hits;
    if (hits.length < PAGE_SIZE) return;
    after = hits.at(-1)?.sort;
  }
}

/** Makes everything written so far visible to searches. */
export async function refresh(server: OpenSearchServer, index: string): Promise<void> {
  await server.call({
    method: "POST",
    path: path`/${index}/_refresh`,
    answer: anyObject,
    repeatable: true,
  });
}
