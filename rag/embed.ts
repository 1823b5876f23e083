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

/** A deployed embedding model, and how many numbers its vectors must have. */
export interface Embedder {
  readonly server: OpenSearchServer;
  readonly modelId: string;
  readonly dimension: number;
}

/** The vector of a text, or the refusal of a model that takes no part of it. */
export type Embedded = readonly number[] | ServerError;

/**
 * Most tokens that are embedded as one, by estimate: what all-minilm was trained on, and passages with their titles keep
 * to. Of a longer text, such as a long question, a model that reads less would embed the beginning only.
 */
const MAX_TOKENS = 256;

/** A refusal that may be for the text: also 500, as of Ollama, whose runner makes no number of some. */
const OF_THE_TEXT = [400, 413, 422, 500];

/**
 * The vectors of texts, in their order, made by a deployed embedding model. A text that is too long for it, as estimated
 * or as the model says, is embedded in parts, and its vector is their mean. Where a model refuses some texts, the others
 * have their vectors all the same.
 *
 * @throws ExplainedError where the model makes vectors of another length than the index holds.
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

/** Texts that are refused together are sent apart, and one that is refused alone is sent in two. */
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

/** In two or three parts at a good place; in the middle where the estimate sees nothing to cut. */
function halvesOf(text: string): string[] {
  const parts = cutToFit(text, Math.ceil(estimateTokens(text) / 2));
  if (parts.length > 1) return parts;
  const signs = [...text];
  const middle = Math.ceil(signs.length / 2);
  return [signs.slice(0, middle).join(""), signs.slice(middle).join("")].filter((part) => part !== "");
}

/** In the words of Ollama, llama.cpp, OpenAI and vLLM. */
const TOO_LONG =
  /context length|too (?:long|large|many tokens)|maximum (?:context|sequence|input)|token limit|exceeds?/i;

/** The mean of the vectors of a text's parts, each as heavy as its part is long, at length 1 as the parts are. */
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
