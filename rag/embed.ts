import { z } from "zod";
import { ServerError, UnexpectedAnswerError } from "../clients/errors";
import { predict } from "../clients/opensearch/predict";
import type { OpenSearchServer } from "../clients/opensearch/server";
import type { Deadline } from "../clients/wait";
import { ExplainedError } from "../diagnosis/explained-error";
import { promptText } from "../providers/connector/prompt-text";
import { cutToFit } from "./cut";
import { compact, estimateTokens } from "./tokens";

const vectorsOf = z.array(z.looseObject({ data: z.array(z.number()).min(1) }));

/** A deployed embedding model, and the dimension that its vectors must have. */
export interface Embedder {
  readonly server: OpenSearchServer;
  readonly modelId: string;
  readonly dimension: number;
}

/** The vector of a text, or the model's refusal. */
export type Embedded = readonly number[] | ServerError;

/**
 * Most tokens that are embedded in one piece, by estimate. all-minilm was trained on texts of 256, and passages with
 * their titles fit. Of a longer text, such as a long question, a model may only embed the beginning.
 */
const MAX_TOKENS = 256;

/** Statuses of refusals that a text may cause. Ollama answers 500 if its runner produces NaN for a text. */
const OF_THE_TEXT = [400, 413, 422, 500];

/**
 * Embeds texts with a deployed model; vectors come in the order of the texts. A text that is too long, by estimate or by
 * the model's own words, is embedded in parts, and its vector is their mean. If the model refuses some texts, the others
 * still get their vectors.
 *
 * @throws ExplainedError if the model's vectors have another dimension than the index.
 */
export async function embed(embedder: Embedder, texts: readonly string[], deadline: Deadline): Promise<Embedded[]> {
  const parts = texts.map((text) => cutToFit(compact(text), MAX_TOKENS));
  const embedded = await embedApart(embedder, parts.flat(), deadline);
  let from = 0;
  return parts.map((own) => {
    from += own.length;
    return meanOf(own, embedded.slice(from - own.length, from));
  });
}

/** The vector of one text. */
export async function embedOne(embedder: Embedder, text: string, deadline: Deadline): Promise<readonly number[]> {
  const [vector = []] = await embed(embedder, [text], deadline);
  if (vector instanceof Error) throw vector;
  return vector;
}

/** Halves a refused batch until the refused texts stand alone. A single text that is too long is cut in two. */
async function embedApart(embedder: Embedder, texts: readonly string[], deadline: Deadline): Promise<Embedded[]> {
  try {
    return await request(embedder, texts, deadline);
  } catch (error) {
    if (!(error instanceof ServerError) || !OF_THE_TEXT.includes(error.status)) throw error;
    const [text = ""] = texts;
    if (texts.length === 1) return [await inTwo(embedder, text, error, deadline)];
    const half = Math.ceil(texts.length / 2);
    const before = await embedApart(embedder, texts.slice(0, half), deadline);
    return [...before, ...(await embedApart(embedder, texts.slice(half), deadline))];
  }
}

async function inTwo(embedder: Embedder, text: string, refusal: ServerError, deadline: Deadline): Promise<Embedded> {
  const halves = halvesOf(text);
  if (halves.length < 2 || !TOO_LONG.test(refusal.reason)) return refusal;
  return meanOf(halves, await embedApart(embedder, halves, deadline));
}

/** Cuts a text into two or three parts at good places, or in the middle if the estimate finds nothing to cut. */
function halvesOf(text: string): string[] {
  const parts = cutToFit(text, Math.ceil(estimateTokens(text) / 2));
  if (parts.length > 1) return parts;
  const signs = [...text];
  const middle = Math.ceil(signs.length / 2);
  return [signs.slice(0, middle).join(""), signs.slice(middle).join("")].filter((part) => part !== "");
}

/** How Ollama, llama.cpp, OpenAI and vLLM say it. */
const TOO_LONG =
  /context length|too (?:long|large|many tokens)|maximum (?:context|sequence|input)|token limit|exceeds?/i;

/** The mean of the vectors of a text's parts, weighted by length and normalized like the parts. */
function meanOf(parts: readonly string[], vectors: readonly Embedded[]): Embedded {
  const refusal = vectors.find((vector) => vector instanceof Error);
  if (refusal !== undefined) return refusal;
  const made = vectors.flatMap((vector) => (vector instanceof Error ? [] : [vector]));
  const [first = []] = made;
  if (made.length < 2) return first;
  const weights = parts.map((part) => estimateTokens(part));
  const sum = first.map((_, at) =>
    made.reduce((total, vector, of) => total + (vector[at] ?? 0) * (weights[of] ?? 0), 0),
  );
  const length = Math.hypot(...sum);
  return length === 0 ? first : sum.map((number) => number / length);
}

async function request(embedder: Embedder, texts: readonly string[], deadline: Deadline): Promise<number[][]> {
  if (texts.length === 0) return [];
  const { server, modelId, dimension } = embedder;
  const parameters = { input: texts.map(promptText), truncate: "false" };
  const answer = await predict(server, modelId, parameters, deadline);
  const parsed = vectorsOf.safeParse(answer.inference_results.flatMap(({ output }) => output ?? []));
  const vectors = parsed.data?.map(({ data }) => data);
  if (vectors?.length !== texts.length) {
    const name = `POST /_plugins/_ml/models/${modelId}/_predict`;
    throw new UnexpectedAnswerError(name, `${texts.length} vectors were expected; it is no embedding model`);
  }
  const other = vectors.find(({ length }) => length !== dimension);
  if (other !== undefined) throw otherLength(modelId, other.length, dimension);
  return vectors;
}

function otherLength(modelId: string, found: number, expected: number): ExplainedError {
  return new ExplainedError({
    what: `The model ${modelId} makes vectors of ${found} numbers; the index holds vectors of ${expected}.`,
    cause: "The index was made for another embedding model.",
    fix: "Use the model that the index was made for, or make a new index for this one and ingest again.",
  });
}
