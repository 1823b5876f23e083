import { describe, expect, it } from "vitest";
import { contentWords, wordsLeftOut } from "../../../rag/content-words";
import { ragPrompt } from "../../../rag/prompt";
import { isRelevant } from "../../../rag/relevance";
import { estimateTokens } from "../../../rag/tokens";

const passage = (name: string, text: string) => ({
  id: name,
  source: `${name}.md`,
  title: `T > ${name}`,
  position: 0,
  text,
  score: 1,
});

describe("the prompt", () => {
  it("numbers the passages, names their files, puts the best one last, and ends with the question and what to do", () => {
    const { messages, sent } = ragPrompt("Why?", [passage("a", "One."), passage("b", "Two.")]);
    expect(messages).toEqual([
      {
        role: "user",
        content:
          "[2] b.md: T > b\nTwo.\n\n[1] a.md: T > a\nOne.\n\nQuestion: Why?\n" +
          "Answer from the passages above only, citing them as [1]. If they do not answer the question, say so:",
      },
    ]);
    expect(sent.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("holds as many of the best passages as have room, and always the best one", () => {
    const passages = ["a", "b", "c"].map((name) => passage(name, "word ".repeat(100)));
    expect(ragPrompt("Why?", passages, 900).sent.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(ragPrompt("Why?", passages, 20).sent.map(({ id }) => id)).toEqual(["a"]);
    const [message] = ragPrompt("Why?", passages, 900).messages;
    expect(estimateTokens(message?.content ?? "", false)).toBeLessThan(550);
  });

  it.each(["word ", "Geschwindigkeitsbegrenzung ", "平等"])("leaves passages out for a long question of %j", (word) => {
    const passages = ["a", "b", "c"].map((name) => passage(name, word.repeat(Math.floor(190 / estimateTokens(word)))));
    const { messages, sent } = ragPrompt(word.repeat(150), passages);
    expect(sent.length).toBeGreaterThan(0);
    expect(estimateTokens(messages[0]?.content ?? "", false)).toBeLessThan(4096);
  });
});

describe("whether to ask the model", () => {
  const found = (nearest?: number) => ({ passages: [passage("a", "One.")], nearest });

  it("depends on the nearest passage, wherever it was ranked", () => {
    expect([isRelevant(found(0.24)), isRelevant(found(0.25)), isRelevant(found(0.9), 0.95)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("depends on anything being found where there are no similarities", () => {
    expect([isRelevant(found()), isRelevant({ ...found(), passages: [] })]).toEqual([true, false]);
  });
});

describe("the content words of a question", () => {
  it.each([
    ["What does a return ticket cost?", "return ticket cost?"],
    ["Where is OLLAMA_HOST set to 0.0.0.0?", "OLLAMA_HOST set 0.0.0.0?"],
    ["Who are you?", "Who are you?"],
    ["Wann fährt die Fähre?", "Wann fährt die Fähre?"],
    ["", ""],
  ])("of %j are %j", (question, words) => {
    expect(contentWords(question)).toBe(words);
  });

  it("of a very long one are the first 200 different ones, and how many are left out is known", () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `word${at}`).join(" ");
    expect(contentWords(many).split(" ")).toEqual(many.split(" ").slice(0, 200));
    expect(wordsLeftOut(many)).toBe(800);
    const signs = Array.from({ length: 300 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join("");
    expect(contentWords(signs).split(" ")).toHaveLength(200);
    expect(contentWords("港の船".repeat(500))).toBe("港 の 船");
    expect([wordsLeftOut(signs), wordsLeftOut("港の船".repeat(500)), wordsLeftOut("")]).toEqual([100, 0, 0]);
  });
});
