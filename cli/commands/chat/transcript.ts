import type { ChatRoom } from "./chat-room";

/** A conversation for reading. */
export function asMarkdown({ conversation, answerer }: ChatRoom): string {
  const { system, turns } = conversation;
  const parts = [`# Chat with ${answerer.model ?? "the model"}`];
  if (system !== undefined) parts.push(`> ${system.replaceAll("\n", "\n> ")}`);
  for (const { question, answer, stopped } of turns) {
    parts.push(`**You:** ${question}`, `${answer.trim()}${stopped ? " … (stopped)" : ""}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** A conversation for programs, with the messages in the form of the chat APIs. */
export function asJson({ conversation, answerer }: ChatRoom): string {
  const { model = null, through } = answerer;
  return `${JSON.stringify({ model, through, messages: conversation.allMessages() }, undefined, 2)}\n`;
}
