import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../support/chat-server";
import { commandLine } from "../../support/command-line";

let ollama: ChatServer;
beforeEach(async () => {
  ollama = await new ChatServer().start();
});
afterEach(() => ollama.stop());

const args = (...more: string[]) => ["chat", "--ollama", ollama.endpoint, "--model", "smollm2:135m", ...more];
const messages = (question: number) => ollama.questions[question]?.body.messages;

describe("an answer in a chat", () => {
  it("leaves the model's thinking out, in what is shown and in what is sent along, and says so", async () => {
    ollama.words = "<think>\nWhy not.\n</think>\n\nBecause.";
    const { out, err } = await commandLine(args(), { input: "One?\nTwo?\n" });
    expect(out).toBe("Because.\n\nBecause.\n\n");
    expect(messages(1)).toContainEqual({ role: "assistant", content: "Because." });
    expect(err).toContain("\nIts thinking (2 words) is left out; --json has it.\n");
    const json = await commandLine(args("--json"), { input: "One?" });
    expect(JSON.parse(json.out)).toMatchObject({ answer: "Because.", thinking: "Why not." });
  });

  it("takes thinking from the field that Ollama has for it", async () => {
    ollama.thinking = "Why not.";
    const { out } = await commandLine(args("--json"), { input: "One?" });
    expect(JSON.parse(out)).toMatchObject({ answer: ollama.words, thinking: "Why not." });
  });

  it.each([
    ["Air scat", undefined, "The answer is cut after 30 tokens, by LIMIT."],
    ["<think>Air", undefined, "The model answered nothing: it was cut while it was thinking, by LIMIT."],
    ["", "Air", "The model answered nothing: it was cut while it was thinking, by LIMIT."],
    ["", undefined, "The model answered nothing: it was cut, by LIMIT."],
  ])("says that an answer was cut: %j", async (words, thinking, remark) => {
    Object.assign(ollama, { words, thinking, doneReason: "length" });
    const { code, err } = await commandLine(args(), { input: "One?" });
    const limit = "the limit that its options (num_predict) or its context (num_ctx) set";
    expect(code).toBe(0);
    expect(err).toContain(`\n${remark.replace("LIMIT", limit)}\n`);
  });

  it("says that the model read less than was sent, where its Ollama drops the rest instead of refusing it", async () => {
    ollama.promptTokens = 4096;
    const { code, err } = await commandLine(args(), { input: `${"word ".repeat(5_000)}?` });
    expect(code).toBe(0);
    expect(err).toContain("\nThe model read only 4096 tokens of a longer prompt: its context is too small.\n");
    const json = await commandLine(args("--json"), { input: "word ".repeat(5_000) });
    expect(JSON.parse(json.out)).toMatchObject({ promptCut: true, promptTokens: 4096 });
  });

  it("explains an answer of nothing", async () => {
    ollama.words = "";
    const { err } = await commandLine(args(), { input: "One?" });
    expect(err).toContain(
      "\nThe model answered nothing: it ended at once. Put the question otherwise, or use a larger model.\n",
    );
    ollama.words = "<think>Hm.</think>";
    const thought = await commandLine(args(), { input: "One?" });
    expect(thought.err).toContain("\nThe model answered nothing: it only thought.\n");
  });
});
