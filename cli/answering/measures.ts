import type { Answer } from "./answer";

/** The line below an answer: `smollm2:135m in Ollama · 1.8 s · 61 tokens · 41.2 tokens/s`. */
export function measuresLine(answer: Answer): string {
  const { model, through, seconds, tokens, tokensPerSecond } = answer;
  const who = [model, through === "ollama" ? "in Ollama" : "through OpenSearch"].filter(Boolean).join(" ");
  const parts = [
    who,
    `${seconds.toFixed(1)} s`,
    tokens !== undefined && `${tokens} ${tokens === 1 ? "token" : "tokens"}`,
    tokensPerSecond !== undefined && `${tokensPerSecond.toFixed(1)} tokens/s`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** Notes for the reader of an answer in a terminal, one per line. */
export function answerRemarks(answer: Answer): string[] {
  const { thinking } = answer;
  const leftOut = thinking === undefined ? [] : [`Its thinking (${wordsIn(thinking)}) is left out; --json has it.`];
  return [...answerProblems(answer), ...leftOut];
}

/** What is wrong with an answer: its prompt was cut, it was cut, or it is empty. */
export function answerProblems(answer: Answer): string[] {
  const { text, doneReason, promptCut, promptTokens, tokens } = answer;
  const remarks: string[] = [];
  const isCut = doneReason === "length";
  const limit = "the limit that its options (num_predict) or its context (num_ctx) set";
  if (promptCut)
    remarks.push(`The model read only ${promptTokens} tokens of a longer prompt: its context is too small.`);
  if (text.trim() === "") remarks.push(nothing(answer, limit));
  else if (isCut)
    remarks.push(`The answer is cut${tokens === undefined ? "" : ` after ${tokens} tokens`}, by ${limit}.`);
  return remarks;
}

function nothing({ thinking, doneReason }: Answer, limit: string): string {
  if (doneReason === "length")
    return `The model answered nothing: it was cut${thinking ? " while it was thinking" : ""}, by ${limit}.`;
  if (thinking !== undefined) return "The model answered nothing: it only thought.";
  return "The model answered nothing: it ended at once. Put the question otherwise, or use a larger model.";
}

function wordsIn(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== "").length;
  return `${words} ${words === 1 ? "word" : "words"}`;
}

/** An answer as JSON. Unknown values are null, never absent. */
export function answerJson(answer: Answer) {
  const { text, thinking, doneReason, promptCut, model, seconds, tokens, promptTokens, tokensPerSecond, through } =
    answer;
  return {
    answer: text,
    thinking: thinking ?? null,
    doneReason: doneReason ?? null,
    promptCut: promptCut ?? false,
    model: model ?? null,
    seconds: rounded(seconds),
    tokens: tokens ?? null,
    promptTokens: promptTokens ?? null,
    tokensPerSecond: tokensPerSecond === undefined ? null : rounded(tokensPerSecond),
    through,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
