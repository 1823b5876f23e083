import type { Measures } from "../protocol";
import { counted } from "../words";

/** `smollm2:135m in Ollama · 1.8 s · 61 tokens · 41.2 tokens/s`, as in the terminal. */
export function measuresLine({ model, through, seconds, tokens, tokensPerSecond }: Measures): string {
  const parts = [
    [model, through === "ollama" ? "in Ollama" : "through OpenSearch"].filter(Boolean).join(" "),
    `${seconds.toFixed(1)} s`,
    tokens !== null && counted(tokens, "token"),
    tokensPerSecond !== null && `${tokensPerSecond.toFixed(1)} tokens/s`,
  ];
  return parts.filter(Boolean).join(" · ");
}
