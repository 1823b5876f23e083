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
});

export type About = z.infer<typeof aboutSchema>;

const turnSchema = z.object({ question: z.string(), answer: z.string() });

/** Longer questions are refused. In characters; more than any model's context. */
export const MAX_QUESTION_LENGTH = 200_000;

/** `POST /api/chat`: a question, and the turns before it, oldest first. Answered by a stream of `ChatEvent`s. */
export const chatRequestSchema = z.object({
  question: z.string().check(z.minLength(1), z.maxLength(MAX_QUESTION_LENGTH)),
  turns: z.array(turnSchema).check(z.maxLength(1_000)),
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

/** A line of an answer's stream. The last one is `done` or `failed`; if neither comes, the connection broke. */
export const chatEventSchema = z.discriminatedUnion("type", [
  /** A part of the answer. */
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("done"),
    /** The whole answer. It replaces what was streamed. */
    text: z.string(),
    thinking: z.nullable(z.string()),
    /** Notes for the reader, such as that the answer was cut. */
    remarks: z.array(z.string()),
    measures: measuresSchema,
  }),
  z.object({ type: z.literal("failed"), problem: problemSchema }),
]);

export type ChatEvent = z.infer<typeof chatEventSchema>;
