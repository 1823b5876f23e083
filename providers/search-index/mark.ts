import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ownerHash } from "../shared/auto-name";
import { shortHash } from "../shared/compare";
import { stackMark } from "../shared/ownership";
import { fieldsOf, UPDATABLE_MAPPING } from "./fields";
import { MARK, type SearchIndexInputs, SpaceType, type VectorField, VectorSearch } from "./inputs";
import { flatSettings, isStatic } from "./settings";

/** The mark of an index, in its mapping's `_meta`: who made it, and from what. */
export interface IndexMark {
  /** Hash of the resource's URN. */
  readonly owner: string;
  /** Identifies the stack (see `stackMark`). Absent in marks of releases up to 0.2. */
  readonly stack?: string;
  /** Hash of everything that cannot be changed in place. */
  readonly structure: string;
  /** Hash of everything that determines what its vectors mean. */
  readonly vectors: string;
  /** Random; changes if a later resource takes the index over. */
  readonly instance: string;
  /** The index that took over its documents or replaced it. */
  readonly supersededBy?: string;
}

const markSchema = z.object({
  owner: z.string(),
  stack: z.string().optional(),
  structure: z.string(),
  vectors: z.string(),
  instance: z.string(),
  supersededBy: z.string().optional(),
});

export function markOf(inputs: SearchIndexInputs, instance: string): IndexMark {
  const { mappings, settings, owner, vector } = inputs;
  const fixed = Object.entries(flatSettings(settings)).filter(([key]) => isStatic(key));
  const { properties: _p, ...others } = mappings ?? {};
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => !UPDATABLE_MAPPING.includes(key)));
  return {
    ...(owner === undefined ? { owner: "" } : { owner: ownerHash(owner), stack: stackMark(inputs) }),
    structure: shortHash([fieldsOf(mappings), rest, Object.fromEntries(fixed), comparableVector(vector)]),
    vectors: vector === undefined ? "" : shortHash([vector.field, vector.dimension, vector.model ?? ""]),
    instance,
  };
}

/** The mark in a mapping's `_meta`, or `undefined`. */
export function readMark(meta: Readonly<Record<string, unknown>> | undefined): IndexMark | undefined {
  const parsed = markSchema.safeParse(meta?.[MARK]);
  return parsed.success ? parsed.data : undefined;
}

/** Whether both marks belong to the same resource. Marks of releases up to 0.2 do not name the stack. */
export function sameOwner(one: IndexMark | undefined, other: IndexMark | undefined): boolean {
  if (one === undefined || other === undefined || one.owner === "" || one.owner !== other.owner) return false;
  return one.stack === undefined || other.stack === undefined || one.stack === other.stack;
}

export function withMark(meta: unknown, mark: IndexMark): Record<string, unknown> {
  return { ...(meta as Record<string, unknown> | undefined), [MARK]: mark };
}

/**
 * The mapping of the vector field. With k-NN the cluster searches it, without it the field is only stored; documents
 * look the same either way. Lucene's engine is pure Java and supports all of our space types. Faiss, the default since
 * 2.18, rejected cosinesimil there.
 */
export function vectorField({ dimension, spaceType }: VectorField, search: string): Record<string, unknown> {
  if (search === VectorSearch.stored) return { type: "float", index: false, doc_values: false };
  const method = { name: "hnsw", engine: "lucene", space_type: spaceType ?? SpaceType.cosine };
  return { type: "knn_vector", dimension, method };
}

/** Whether a field on the server is the vector field. */
export function isVectorField(found: unknown, { dimension }: VectorField, search: string): boolean {
  if (typeof found !== "object" || found === null) return false;
  const field = found as Record<string, unknown>;
  return search === VectorSearch.knn
    ? field.type === "knn_vector" && Number(field.dimension) === dimension
    : field.type === "float";
}

/** Whether two vector fields are equal, with the default filled in. */
export function sameVector(a: VectorField | undefined, b: VectorField | undefined): boolean {
  return isDeepStrictEqual(comparableVector(a), comparableVector(b));
}

/** The vector field with the default filled in. */
function comparableVector(vector: VectorField | undefined): VectorField | undefined {
  return typeof vector === "object" ? { ...vector, spaceType: vector?.spaceType ?? SpaceType.cosine } : vector;
}
