export const DEFAULT_EMBEDDING_MODEL = "all-minilm";

/** Numbers in a vector, by the model's name; the same for each of its tags. Source: the models' own configurations. */
const DIMENSIONS: Readonly<Record<string, number>> = {
  "all-minilm": 384,
  "bge-large": 1024,
  "bge-m3": 1024,
  embeddinggemma: 768,
  "mxbai-embed-large": 1024,
  "nomic-embed-text": 768,
  "paraphrase-multilingual": 768,
  "snowflake-arctic-embed2": 1024,
};

export const KNOWN_EMBEDDING_MODELS: readonly string[] = Object.keys(DIMENSIONS);

/** How many numbers a vector of this model has, or `undefined` where that is not known here. */
export function dimensionOf(model: string): number | undefined {
  return DIMENSIONS[model.split(":")[0] ?? ""];
}
