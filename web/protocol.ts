import * as z from "zod/mini";

/** What the page and `ollama-chat web` say to each other. Both check what they get against these schemas. */

/** What failed, why, and what to do. */
export const problemSchema = z.object({ what: z.string(), cause: z.string(), fix: z.string() });

export type Problem = z.infer<typeof problemSchema>;

/** The body of a refused request. */
export const refusalSchema = z.object({ error: problemSchema });

/** `GET /api/about`: what the page talks to. */
export const aboutSchema = z.object({
  version: z.string(),
  /** Where the servers come from: `stack dev`. */
  source: z.string(),
  /** The way to the model, if there is one now. */
  way: z.nullable(
    z.object({
      title: z.string(),
      endpoint: z.string(),
      streams: z.boolean(),
      /** Why the other way was not chosen. */
      because: z.nullable(z.string()),
    }),
  ),
  problem: z.nullable(problemSchema),
  /** Whether the stack has an index of documents. */
  documents: z.boolean(),
});

export type About = z.infer<typeof aboutSchema>;

const turnSchema = z.object({ question: z.string(), answer: z.string() });

/** Longer questions are refused. In characters; more than any model's context. */
export const MAX_QUESTION_LENGTH = 200_000;

/** `POST /api/chat`: a question, and the turns before it, oldest first. Answered by a stream of `ChatEvent`s. */
export const chatRequestSchema = z.object({
  question: z.string().check(z.minLength(1), z.maxLength(MAX_QUESTION_LENGTH)),
  turns: z.array(turnSchema).check(z.maxLength(1_000)),
  /** Answer from the documents. Then earlier turns do not matter: the passages are found by the question alone. */
  fromDocuments: z.boolean(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** How an answer was made, as far as its server says. */
export const measuresSchema = z.object({
  model: z.nullable(z.string()),
  through: z.enum(["opensearch", "ollama"]),
  seconds: z.number(),
  tokens: z.nullable(z.number()),
  tokensPerSecond: z.nullable(z.number()),
});

export type Measures = z.infer<typeof measuresSchema>;

/** A passage that the model was given. Its number is its place in the list, from 1. */
export const sourceSchema = z.object({
  /** The document's path, behind its folder where passages come from several. */
  source: z.string(),
  /** The headings above the passage, joined by ` > `. */
  title: z.string(),
  text: z.string(),
  similarity: z.nullable(z.number()),
});

export type Source = z.infer<typeof sourceSchema>;

/** A line of an answer's stream. The last one is `done` or `failed`; if neither comes, the connection broke. */
export const chatEventSchema = z.discriminatedUnion("type", [
  /** The passages that the answer is to rest on. Comes before the text; a second one replaces the first. */
  z.object({ type: z.literal("sources"), sources: z.array(sourceSchema) }),
  /** A part of the answer. */
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("done"),
    /** The whole answer. It replaces what was streamed. */
    text: z.string(),
    thinking: z.nullable(z.string()),
    /** Notes for the reader, such as that the answer was cut. */
    remarks: z.array(z.string()),
    /** The numbers of the sources that it cites. */
    cited: z.array(z.number()),
    /** Absent if the model was not asked. */
    measures: z.nullable(measuresSchema),
  }),
  z.object({ type: z.literal("failed"), problem: problemSchema }),
]);

export type ChatEvent = z.infer<typeof chatEventSchema>;

const documentSchema = z.object({
  /** The folder that it was ingested from. Unknown for documents of earlier releases. */
  root: z.nullable(z.string()),
  source: z.string(),
});

/** `GET /api/documents`: what is in the index. */
export const documentsSchema = z.object({
  index: z.string(),
  embeddingModel: z.string(),
  documents: z.array(z.extend(documentSchema, { passages: z.number() })),
});

export type Documents = z.infer<typeof documentsSchema>;

/** `POST /api/documents/remove`: a document to remove. Answered by the number of its passages. */
export const removalSchema = documentSchema;

export const removedSchema = z.object({ passages: z.number() });

/** Most bytes of one upload, all files together. */
export const MAX_UPLOAD_BYTES = 32 * 2 ** 20;

/** `POST /api/documents`, a form whose files are named by their paths. Answered by a stream of these. */
export const ingestEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), done: z.number(), total: z.number(), source: z.string() }),
  z.object({
    type: z.literal("done"),
    files: z.number(),
    unchanged: z.number(),
    written: z.number(),
    /** Files and passages that were not taken, each with its reason. */
    refused: z.array(z.string()),
  }),
  z.object({ type: z.literal("failed"), problem: problemSchema }),
]);

export type IngestEvent = z.infer<typeof ingestEventSchema>;

export const checkSchema = z.object({ id: z.string(), title: z.string(), group: z.string() });

export const checkResultSchema = z.extend(checkSchema, {
  status: z.enum(["ok", "warn", "fail", "skipped"]),
  seen: z.string(),
  cause: z.nullable(z.string()),
  fix: z.nullable(z.string()),
});

export type Check = z.infer<typeof checkSchema>;
export type CheckResult = z.infer<typeof checkResultSchema>;

/** `POST /api/checks`: runs doctor's checks. A stream: first all checks, then each result as it comes. */
export const checkEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("checks"), checks: z.array(checkSchema) }),
  z.object({ type: z.literal("result"), result: checkResultSchema }),
  z.object({ type: z.literal("done") }),
  z.object({ type: z.literal("failed"), problem: problemSchema }),
]);

export type CheckEvent = z.infer<typeof checkEventSchema>;

/** `GET /api/graph`: the stack's resources, as its state has them. No stack: no resources. */
export const graphSchema = z.object({
  stack: z.nullable(z.string()),
  resources: z.array(
    z.object({ id: z.string(), type: z.string(), name: z.string(), kind: z.enum(["docker", "ollamachat", "other"]) }),
  ),
  /** The ids of a resource and of one that needs it. */
  needs: z.array(z.tuple([z.string(), z.string()])),
});

export type Graph = z.infer<typeof graphSchema>;
