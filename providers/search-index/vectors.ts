import { isDeepStrictEqual } from "node:util";
import { SpaceType, type VectorField, VectorSearch } from "./inputs";

/**
 * The field that holds the vectors. With k-NN the cluster searches it; without, it is only kept, and the documents
 * that are written are the same either way. Lucene's engine is pure Java and takes all of our space types; Faiss, the
 * default since 2.18, refused cosinesimil there.
 */
export function vectorField({ dimension, spaceType }: VectorField, search: string): Record<string, unknown> {
  if (search === VectorSearch.stored) return { type: "float", index: false, doc_values: false };
  const method = { name: "hnsw", engine: "lucene", space_type: spaceType ?? SpaceType.cosine };
  return { type: "knn_vector", dimension, method };
}

/** Whether what the server shows under the field's name is that field. */
export function holdsVector(found: unknown, { dimension }: VectorField, search: string): boolean {
  if (typeof found !== "object" || found === null) return false;
  const field = found as Record<string, unknown>;
  return search === VectorSearch.knn
    ? field.type === "knn_vector" && Number(field.dimension) === dimension
    : field.type === "float";
}

/** Equal with the default written out. */
export function sameVector(a: VectorField | undefined, b: VectorField | undefined): boolean {
  return isDeepStrictEqual(comparableVector(a), comparableVector(b));
}

/** With its default written out. */
export function comparableVector(vector: VectorField | undefined): VectorField | undefined {
  return typeof vector === "object" ? { ...vector, spaceType: vector?.spaceType ?? SpaceType.cosine } : vector;
}
