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

/** An answer as scripts get it: what is unknown is null, never absent. */
export function answerJson(answer: Answer) {
  const { text, model, seconds, tokens, promptTokens, tokensPerSecond, through } = answer;
  return {
    answer: text,
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
