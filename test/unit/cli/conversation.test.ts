import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPromptCut } from "../../../cli/answering/answer";
import { flattened } from "../../../cli/answering/opensearch";
import { Conversation } from "../../../cli/commands/chat/conversation";
import { estimateTokens } from "../../../rag/tokens";

describe("a conversation", () => {
  it("sends system text, all turns and the question while they fit", () => {
    const conversation = new Conversation(4096);
    conversation.system = "Be brief.";
    conversation.keep({ question: "a", answer: "b" });
    expect(conversation.messages("c")).toEqual({
      leftOut: 0,
      turns: 1,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
      ],
    });
  });

  it("keeps to three quarters of the context, newest turns first, system text and question always", () => {
    const turn = fc.record({ question: fc.string(), answer: fc.string({ maxLength: 400 }) });
    fc.assert(
      fc.property(fc.array(turn), fc.string(), fc.integer({ min: 1, max: 200 }), (turns, question, contextTokens) => {
        const conversation = new Conversation(contextTokens);
        conversation.system = "S";
        for (const each of turns) conversation.keep(each);
        const { messages, leftOut } = conversation.messages(question);
        expect(messages[0]).toEqual({ role: "system", content: "S" });
        expect(messages.at(-1)).toEqual({ role: "user", content: question });
        const sent = messages.slice(1, -1).map(({ content }) => content);
        expect(sent).toEqual(turns.slice(leftOut).flatMap((each) => [each.question, each.answer]));
        const tokensOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + estimateTokens(text) + 8, 0);
        const tokens = tokensOf(messages.map(({ content }) => content));
        if (sent.length > 0) expect(tokens).toBeLessThanOrEqual(contextTokens * 0.75);
        const next = turns[leftOut - 1];
        if (next) expect(tokens + tokensOf([next.question, next.answer])).toBeGreaterThan(contextTokens * 0.75);
      }),
    );
  });
});

describe("a prompt that was cut", () => {
  const sent = (text: string) => [{ role: "user", content: text }] as const;

  it.each([
    ["word ".repeat(5_000), 4_096, true],
    ["word ".repeat(4_000), 4_096, false],
    ["人人生而自由，".repeat(3_000), 4_096, true],
    ["人人生而自由，".repeat(300), 1_200, false],
    ["word ".repeat(900), 30, false],
    ["word ".repeat(5_000), undefined, false],
  ])("is known by the model's count: %.4s… of which it read %j", (text, promptTokens, isCut) => {
    expect(isPromptCut(sent(text), promptTokens)).toBe(isCut);
  });
});

describe("flattened", () => {
  const question = { role: "user", content: "Why?" } as const;

  it("leaves a single question as it is, after the system text", () => {
    expect(flattened([question])).toBe("Why?");
    expect(flattened([{ role: "system", content: "Be brief." }, question])).toBe("Be brief.\n\nWhy?");
  });

  it("says whose each part is, and lets the model go on", () => {
    const messages = [
      { role: "system", content: "S" },
      { role: "user", content: "A" },
      { role: "assistant", content: "B" },
      question,
    ] as const;
    expect(flattened(messages)).toBe("S\n\nUser: A\n\nAssistant: B\n\nUser: Why?\n\nAssistant:");
  });
});
