/** The field that holds a passage's vector. */
export const VECTOR_FIELD = "vector";

/** The fields of a passage other than its vector, in OpenSearch's own form. */
export const PASSAGE_FIELDS = {
  /** The passage itself. */
  text: { type: "text" },
  /** Title of the document, or of the section that contains the passage. */
  title: { type: "text" },
  /** Identifies the folder that the document was ingested from: its path, or a given name. */
  root: { type: "keyword" },
  /** Path of the document, relative to that folder. */
  source: { type: "keyword" },
  /** Index of the passage in its document, from 0. */
  position: { type: "integer" },
  /** Hash of the whole document. If it is unchanged, the document need not be ingested again. */
  sourceHash: { type: "keyword" },
} as const;

/** Which model made the vectors of an index, kept in its mapping under `_meta.ollamachat`. */
export interface PassageMeta {
  /** Name and tag in Ollama, for example `all-minilm`. */
  readonly embeddingModel: string;
  /** Length of a vector, for example 384. */
  readonly dimension: number;
}

/** One passage of a document as stored in the index. */
export interface Passage {
  readonly text: string;
  readonly title: string;
  readonly root: string;
  readonly source: string;
  readonly position: number;
  readonly sourceHash: string;
  /** Its length is `PassageMeta.dimension`. */
  readonly vector: readonly number[];
}

/** Mappings of an index of passages. The vector field comes from `SearchIndex`'s input `vector`. */
export function passageMappings(meta: PassageMeta): Record<string, unknown> {
  const { embeddingModel, dimension } = meta;
  return { _meta: { ollamachat: { embeddingModel, dimension } }, properties: PASSAGE_FIELDS };
}
