import { ApiError, illegalArgument } from "../errors";
import { isRecord } from "../index/mapping";
import { gsonString } from "../json/java";
import type { PredictInput } from "./predict-input";

const PRE = "connector.pre_process.";
const POST = "connector.post_process.";

/** Turns the input of a prediction into parameters; those given as parameters go through as they are. */
export function preProcess(name: string | undefined, input: PredictInput): Record<string, string> | undefined {
  if (input.kind === "parameters") return input.parameters;
  const chosen = name ?? (input.kind === "texts" ? `${PRE}default.embedding` : undefined);
  if (chosen === undefined) throw illegalArgument("pre_process_function not defined in connector");
  const texts = `[${input.texts.map(gsonString).join(",")}]`;
  if (input.kind === "similarity") {
    if (!chosen.endsWith(".rerank")) throw onlyTexts();
    return { query: input.query, documents: texts, top_n: String(input.texts.length) };
  }
  switch (chosen) {
    case `${PRE}openai.embedding`:
    case `${PRE}default.embedding`:
      return { input: texts };
    case `${PRE}cohere.embedding`:
      return { texts };
    case `${PRE}bedrock.embedding`:
    case `${PRE}bedrock.nova.text_embedding`:
      return { inputText: input.texts[0] ?? "" };
    case `${PRE}cohere.rerank`:
    case `${PRE}bedrock.rerank`:
    case `${PRE}default.rerank`:
      throw illegalArgument("This pre_process_function can only support TextSimilarityInputDataSet");
    default:
      throw noScripts(chosen);
  }
}

/** Whether one request carries one text only; the others carry all. */
export function oneTextPerRequest(name: string | undefined): boolean {
  return name !== undefined && (name === `${PRE}bedrock.embedding` || !name.startsWith(PRE));
}

const PATHS: Readonly<Record<string, string>> = {
  "openai.embedding": "$.data[*].embedding",
  "cohere.embedding": "$.embeddings",
  "cohere_v2.embedding.float": "$.embeddings.float",
  "cohere_v2.embedding.int8": "$.embeddings.int8",
  "cohere_v2.embedding.uint8": "$.embeddings.uint8",
  "cohere_v2.embedding.binary": "$.embeddings.binary",
  "cohere_v2.embedding.ubinary": "$.embeddings.ubinary",
  "default.embedding": "$[*]",
  "bedrock.embedding": "$.embedding",
  "bedrock_v2.embedding.float": "$.embeddingsByType.float",
  "bedrock_v2.embedding.binary": "$.embeddingsByType.binary",
  "bedrock.nova.embedding": "$.embeddings[*].embedding",
  "cohere.rerank": "$.results",
  "bedrock.rerank": "$.results",
  "default.rerank": "$[*]",
};

const SINGLE = ["bedrock.embedding", "bedrock_v2.embedding.float", "bedrock_v2.embedding.binary"];

/** Runs a built-in function by name over the model server's JSON; undefined when the name isn't a built-in one. */
export function postProcess(
  name: string | undefined,
  body: unknown,
  filter: string | undefined,
): unknown[] | undefined {
  if (name === undefined) return undefined;
  const kind = name.startsWith(POST) ? name.slice(POST.length) : "";
  const path = PATHS[kind];
  if (path === undefined) throw noScripts(name);
  const found = readPath(body, filter?.trim() ? filter : path);
  if (!Array.isArray(found)) throw illegalArgument("Post process function input is not a List.");
  if (kind.endsWith(".rerank")) return similarities(found);
  const vectors = SINGLE.includes(kind) ? [found] : found;
  return vectors.map((vector) => embedding(vector, dataType(filter ?? path)));
}

function embedding(vector: unknown, type: string): unknown {
  if (!Array.isArray(vector))
    throw illegalArgument("The embedding should be a non-empty List containing List of Float values.");
  if (typeof vector[0] !== "number")
    throw illegalArgument("The embedding should be a non-empty List containing Float values.");
  return { name: "sentence_embedding", data_type: type, shape: [vector.length], data: vector };
}

function similarities(results: readonly unknown[]): unknown[] {
  const scores: unknown[] = [];
  for (const result of results) {
    if (!isRecord(result)) throw illegalArgument("Post process function input is not a List of Map.");
    const { index, relevance_score: score } = result;
    if (typeof index !== "number" || score === undefined) {
      throw illegalArgument("The rerank result should contain index and relevance_score.");
    }
    scores[index] = score;
  }
  return scores.map((score) => ({ name: "similarity", data_type: "FLOAT32", shape: [1], data: [score] }));
}

function dataType(path: string): string {
  return (
    ["uint8", "int8", "ubinary", "binary"].find((type) => path.toLowerCase().includes(`.${type}`))?.toUpperCase() ??
    "FLOAT32"
  );
}

/** Reads a JSONPath of names, indices and `[*]`; a missing property is the server's exception. */
export function readPath(body: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\[['"]([^'"]+)['"]\]|(\[\*\]|\.\*)/g)];
  let values: unknown[] = [body];
  let many = false;
  let trail = "$";
  for (const [position, [, name, index, quoted, star]] of steps.entries()) {
    if (star) {
      many = true;
      values = values.flatMap(children);
      trail += "[*]";
      continue;
    }
    const key = name ?? quoted;
    trail += key === undefined ? `[${index}]` : `['${key}']`;
    const found = values.map((value) => child(value, key, index)).filter((value) => value !== undefined);
    if (found.length === 0 && !many) throw missingProperty(trail, position === steps.length - 1);
    values = found;
  }
  return many ? values : values[0];
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function child(value: unknown, key: string | undefined, index: string | undefined): unknown {
  if (index !== undefined) return Array.isArray(value) ? value[Number(index)] : undefined;
  return key !== undefined && isRecord(value) ? value[key] : undefined;
}

function missingProperty(path: string, isLast: boolean): ApiError {
  const reason = isLast ? `No results for path: ${path}` : `Missing property in path ${path}`;
  return new ApiError(500, { type: "path_not_found_exception", reason });
}

function onlyTexts(): ApiError {
  return illegalArgument(
    "This pre_process_function can only support TextDocsInputDataSet which including a list of string with key 'text_docs'",
  );
}

/** Functions of one's own are Painless scripts, which the emulator doesn't run. */
function noScripts(name: string): ApiError {
  if (name.startsWith("connector.")) return illegalArgument(`Unknown process function ${name}`);
  return illegalArgument("script_lang not supported [painless]");
}
