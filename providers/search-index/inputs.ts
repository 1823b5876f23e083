import { z } from "zod";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { dimension } from "../shared/values";
import { isIndexName } from "./name";

/** How the k-NN plugin measures the similarity of vectors. */
export const SpaceType = {
  /** Angle between vectors; right for most embedding models. */
  cosine: "cosinesimil",
  /** Distance between vectors. */
  euclidean: "l2",
  /** Inner product of vectors. */
  innerProduct: "innerproduct",
} as const;

/** What compares vectors: the cluster's k-NN plugin, or the client that reads the documents. */
export const VectorSearch = {
  /** The cluster's k-NN plugin. */
  knn: "knn",
  /** The client: the index only stores the vectors. */
  stored: "stored",
} as const;

/** The vector field of an index. */
export interface VectorField {
  /** Name of the field, for example `vector`. */
  readonly field: string;
  /** Length of each vector, for example 384. It depends on the embedding model. */
  readonly dimension: number;
  /**
   * Name of the embedding model, for example `all-minilm`. Vectors of different models cannot be compared, so a change
   * makes a new index. Default: none.
   */
  readonly model?: string;
  /** One of `SpaceType`. Only used with the k-NN plugin. Default: `cosinesimil`. */
  readonly spaceType?: string;
}

/** An index as the program describes it. `SearchIndexArgs` documents each member. */
export interface SearchIndexInputs extends Owned {
  readonly connection: Connection;
  /** Generated when the index is created, unless the program sets it. */
  readonly name?: string;
  /** In OpenSearch's own form: `properties`, `dynamic`, `_meta`, … */
  readonly mappings?: Readonly<Record<string, unknown>>;
  /** In OpenSearch's own form, nested or flat, with or without `index.`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly vector?: VectorField;
  readonly copyDocuments?: boolean;
  readonly forceDelete?: boolean;
  readonly adoptExisting?: boolean;
  readonly timeouts?: Timeouts;
}

/** The stored state of an index. */
export interface SearchIndexState extends SearchIndexInputs {
  readonly name: string;
  /** Whether the program set the name. */
  readonly isNamed: boolean;
  /** `knn` or `stored`. Without a `vector`, `stored`. */
  readonly vectorSearch: string;
  readonly clusterUuid: string;
  /** The server's UUID of the index. An index re-created under the same name has another. */
  readonly indexUuid: string;
  /** Random; changes if a later resource of the same owner takes the index over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

/** Member of the mapping's `_meta` that records who made an index. `read` leaves it out. */
export const MARK = "pulumi";

const nameRule =
  'must be the name of an index: lower case, none of \\ / * ? " < > | , # : and space, not beginning with _ - or +, 255 bytes at most';
const flag = z.boolean("must be true or false").optional();

const fields: z.ZodType = z.lazy(() =>
  z.record(
    z.string().min(1, "must have a name"),
    z.looseObject(
      { type: z.string("must be text such as keyword").optional(), properties: fields.optional() },
      'must be an object such as { type: "keyword" }',
    ),
    'must be an object of fields, such as { title: { type: "text" } }',
  ),
);

export const searchIndexSchema = z.looseObject({
  connection: connectionSchema,
  name: z.string("must be text").refine(isIndexName, nameRule).optional(),
  mappings: z
    .looseObject(
      {
        properties: fields.optional(),
        _meta: z
          .record(z.string(), z.unknown(), "must be an object")
          .refine((meta) => !(MARK in meta), `must not hold ${MARK}, which this package keeps for itself`)
          .optional(),
      },
      'must be an object such as { properties: { title: { type: "text" } } }',
    )
    .optional(),
  settings: z.record(z.string(), z.unknown(), "must be an object such as { number_of_replicas: 0 }").optional(),
  vector: z
    .strictObject(
      {
        field: z.string("must be the name of a field").min(1, "must be the name of a field"),
        dimension,
        model: z.string("must be the name of a model").min(1, "must be the name of a model").optional(),
        spaceType: z.enum(Object.values(SpaceType), `must be one of ${Object.values(SpaceType).join(", ")}`).optional(),
      },
      {
        error: (issue) =>
          issue.code === "unrecognized_keys"
            ? "Allowed: field, dimension, model, spaceType."
            : 'must be an object such as { field: "vector", dimension: 384 }',
      },
    )
    .optional(),
  copyDocuments: flag,
  forceDelete: flag,
  adoptExisting: flag,
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
