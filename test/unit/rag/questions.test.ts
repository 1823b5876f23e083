import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDocuments } from "../../../rag/documents";
import { splitDocument } from "../../../rag/passages";
import { readQuestions } from "../../../tools/bench/recall/measure";

const EXAMPLE = join(__dirname, "..", "..", "..", "examples", "rag");
const questions = readQuestions(join(EXAMPLE, "questions.json"));
const answered = questions.flatMap((question) => (question.kind === "unanswered" ? [] : [question]));

/** Words that every text has; they say nothing about what a question asks. */
const COMMON = new Set(readFileSync(join(__dirname, "common-words.txt"), "utf8").split(/\s+/));
const words = (text: string) =>
  new Set((text.toLowerCase().match(/[a-z0-9]+/g) ?? []).filter((word) => !COMMON.has(word)));

describe("the questions that recall is measured with", () => {
  it("each name a passage that there is", async () => {
    const { documents } = await readDocuments(join(EXAMPLE, "documents"));
    const titles = documents.flatMap(({ source, text }) =>
      splitDocument(source, text).map(({ title }) => `${source} ${title}`),
    );
    const missing = answered.filter(
      ({ source, heading }) => !titles.some((title) => title.startsWith(source) && title.endsWith(`> ${heading}`)),
    );
    expect(missing).toEqual([]);
  });

  it("share no content word with the passage where they are called paraphrased", async () => {
    const { documents } = await readDocuments(join(EXAMPLE, "documents"));
    const sharing = answered.flatMap(({ kind, question, source, heading }) => {
      const document = documents.find((each) => each.source === source);
      const passages = splitDocument(source, document?.text ?? "").filter(({ title }) =>
        title.endsWith(`> ${heading}`),
      );
      const theirs = words(passages.map(({ title, text }) => `${title} ${text}`).join(" "));
      const shared = [...words(question)].filter((word) => theirs.has(word));
      return kind === "paraphrased" && shared.length > 0 ? [{ question, shared }] : [];
    });
    expect(sharing).toEqual([]);
  });

  it("are many enough in each kind, in the half to choose by and in the half to report", () => {
    const count = (set: string, kind: string) =>
      questions.filter((each) => each.set === set && each.kind === kind).length;
    for (const set of ["choose", "report"]) {
      expect(count(set, "literal")).toBeGreaterThanOrEqual(15);
      expect(count(set, "paraphrased")).toBeGreaterThanOrEqual(15);
      expect(count(set, "unanswered")).toBeGreaterThanOrEqual(10);
    }
    expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length);
  });
});
