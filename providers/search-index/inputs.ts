import { z } from "zod";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { dimension } from "../shared/values";
import { isIndexName } from "./name";

/** How near two vectors are, where the cluster has the k-NN plugin. */
export const SpaceType = {
  /** By the angle between them; right for most embedding models. */
  cosine: "cosinesimil",
  /** By their distance. */
  euclidean: "l2",
  /** By their inner product. */
  innerProduct: "innerproduct",
} as const;

/** Who compares vectors: the cluster's k-NN plugin, or the reader of the documents. */
export const VectorSearch = {
  /** The cluster's k-NN plugin. */
  knn: "knn",
  /** The reader: vectors are only kept. */
  stored: "stored",
} as const;

/** The field of an index that holds a vector. */
export interface VectorField {
  /** Name of the field, for example `vector`. */
  readonly field: string;
  /** Numbers in each vector, for example 384; the embedding model says how many. */
  readonly dimension: number;
  /**
   * Name of the model that makes the vectors, for example `all-minilm`. Another model's vectors mean something else, so
   * a change makes a new index. Default: not said.
   */
  readonly model?: string;
  /** One of `SpaceType`; counts only with the k-NN plugin. Default: `cosinesimil`. */
  readonly spaceType?: string;
}

/** What the program says of an index. */
export interface SearchIndexInputs extends Owned {
  readonly connection: Connection;
  /** Chosen when the index is made where the program gives none. */
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

/** What is kept of an index. */
export interface SearchIndexState extends SearchIndexInputs {
  readonly name: string;
  /** Whether the program gave the name. */
  readonly isNamed: boolean;
  /** `knn` or `stored`; without a `vector`, `stored`. */
  readonly vectorSearch: string;
  readonly clusterUuid: string;
  /** The server's own identity of the index: another one under the same name has another. */
  readonly indexUuid: string;
  /** Tells this index from one that a later resource of the same owner took over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

/** Member of the mapping's `_meta` in which the server keeps who made an index; `read` leaves it out. */
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
