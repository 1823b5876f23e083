import { readFileSync } from "node:fs";
import { z } from "zod";

const asked = { question: z.string().min(1), set: z.enum(["choose", "report"]) };

const questionSchema = z.union([
  z.strictObject({ ...asked, kind: z.enum(["literal", "paraphrased"]), source: z.string(), heading: z.string() }),
  z.strictObject({ ...asked, kind: z.literal("unanswered") }),
]);

/**
 * A question of the measurement. `literal` ones use words of the document, `paraphrased` ones none of its content
 * words, `unanswered` ones are answered nowhere. What is chosen (a threshold) is chosen on the set `choose`, and told
 * by the set `report`.
 */
export type RecallQuestion = z.infer<typeof questionSchema>;

export type AnsweredQuestion = Extract<RecallQuestion, { readonly source: string }>;

export function readQuestions(file: string): RecallQuestion[] {
  return z.array(questionSchema).parse(JSON.parse(readFileSync(file, "utf8")));
}
