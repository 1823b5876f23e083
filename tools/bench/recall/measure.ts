import { readFileSync } from "node:fs";
import { z } from "zod";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import type { PassageIndex } from "../../../rag/passage-index";
import { LEAST_SIMILARITY } from "../../../rag/relevance";
import { type FoundPassage, type Ranking, Retrieval, retrieve } from "../../../rag/retrieve";

const asked = { question: z.string().min(1), set: z.enum(["choose", "report"]) };

const questionSchema = z.union([
  z.strictObject({ ...asked, kind: z.enum(["literal", "paraphrased"]), source: z.string(), heading: z.string() }),
  z.strictObject({ ...asked, kind: z.literal("unanswered") }),
]);

/**
 * A question of the measurement. `literal` ones use words of the document, `paraphrased` ones none of its content
 * words, `unanswered` ones are answered nowhere. Rules and thresholds are chosen on the set `choose`; figures are those
 * of the set `report`.
 */
export type RecallQuestion = z.infer<typeof questionSchema>;

type AnsweredQuestion = Extract<RecallQuestion, { readonly source: string }>;

export function readQuestions(file: string): RecallQuestion[] {
  return z.array(questionSchema).parse(JSON.parse(readFileSync(file, "utf8")));
}

export interface Searched {
  readonly server: OpenSearchServer;
  /** An index whose vectors the cluster searches. */
  readonly index: PassageIndex;
  readonly embeddingModelId: string;
}

/** How passages are retrieved, and who ranks them. */
export interface Way {
  readonly retrieval: Retrieval;
  readonly by: Ranking["by"];
}

/** Only the cluster ranks by words alone. */
const WAYS: readonly Way[] = [
  { retrieval: Retrieval.bm25, by: "cluster" },
  { retrieval: Retrieval.dense, by: "cluster" },
  { retrieval: Retrieval.hybrid, by: "cluster" },
  { retrieval: Retrieval.dense, by: "client" },
  { retrieval: Retrieval.hybrid, by: "client" },
];

/** What one way found. */
export interface Recall extends Way {
  /** Share of these questions whose passage is among the first `most`. */
  found(kind: "literal" | "paraphrased" | "both", most: number): number;
  /** Share of the questions that reach the model by the threshold of `rag ask`. */
  reached(kind: "answered" | "unanswered"): number;
  /** Of each retrieval, the question's vector included. */
  readonly milliseconds: readonly number[];
}

interface Answer {
  readonly question: RecallQuestion;
  /** From 1; undefined where the passage was not found, and for questions without one. */
  readonly rank: number | undefined;
  /** Similarity of the nearest passage. */
  readonly nearest: number;
  readonly milliseconds: number;
}

/** Asks every question in every way, in turns, so that whatever disturbs the machine disturbs all ways. */
export async function measureRecall(searched: Searched, questions: readonly RecallQuestion[]): Promise<Recall[]> {
  const answers = new Map<Way, Answer[]>(WAYS.map((way) => [way, []]));
  for (const question of questions) {
    for (const [way, its] of answers) its.push(await ask(searched, way, question));
  }
  return [...answers].map(([way, its]) => recallOf(way, its));
}

/** The figures of one way, over its answers. */
export function recallOf(way: Way, answers: readonly Answer[]): Recall {
  const share = (of: readonly Answer[], isIn: (answer: Answer) => boolean) => of.filter(isIn).length / of.length;
  const isUnanswered = ({ question }: Answer) => question.kind === "unanswered";
  return {
    ...way,
    found: (kind, most) => {
      const of = answers.filter((each) => (kind === "both" ? !isUnanswered(each) : each.question.kind === kind));
      return share(of, ({ rank }) => rank !== undefined && rank <= most);
    },
    reached: (kind) => {
      const of = answers.filter((each) => isUnanswered(each) === (kind === "unanswered"));
      return share(of, ({ nearest }) => nearest >= LEAST_SIMILARITY);
    },
    milliseconds: answers.map(({ milliseconds }) => milliseconds),
  };
}

/** @throws Error where somebody else ranked than was asked for: the figures would be of another way. */
async function ask(searched: Searched, { retrieval, by }: Way, question: RecallQuestion): Promise<Answer> {
  // Told that the cluster only stores the vectors, the client ranks, over the same index.
  const index = by === "cluster" ? searched.index : { ...searched.index, searchesVectors: false };
  const started = performance.now();
  const options = { ...searched, index, question: question.question, retrieval, top: 3 };
  const { passages, nearest = 0, ranking } = await retrieve(options);
  const milliseconds = performance.now() - started;
  if (ranking.by !== by) throw new Error(`${retrieval} was ranked by the ${ranking.by}, not by the ${by}`);
  const rank = question.kind === "unanswered" ? undefined : rankOf(passages, question);
  return { question, rank, nearest, milliseconds };
}

/** Where the expected passage stands: the one under the right heading of the right file. */
function rankOf(passages: readonly FoundPassage[], { source, heading }: AnsweredQuestion): number | undefined {
  const at = passages.findIndex((passage) => passage.source === source && passage.title.endsWith(`> ${heading}`));
  return at < 0 ? undefined : at + 1;
}
