import type { Message } from "./answer";

/**
 * A conversation as one text, for `/api/generate`, which takes one prompt. A single question stays as it is; with more,
 * each part says whose it is, and the last line is for the model to go on from. (Ollama puts the whole into the
 * model's own template as one user message.)
 */
export function flattened(messages: readonly Message[]): string {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const turns = messages.filter(({ role }) => role !== "system");
  if (turns.length <= 1) return [...system, ...turns.map(({ content }) => content)].join("\n\n");
  const told = turns.map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`);
  return [...system, ...told, "Assistant:"].join("\n\n");
}
