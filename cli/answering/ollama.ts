import { chat } from "../../clients/ollama/chat";
import type { OllamaServer } from "../../clients/ollama/server";
import type { Answer, Answerer, AnswerLimits, Message } from "./answer";
import { isPromptCut } from "./prompt-cut";
import { explainedIfTooSlow } from "./too-slow";

/** Answers straight from Ollama by `POST /api/chat`, word by word. */
export function straightFromOllama(server: OllamaServer, model: string): Answerer {
  const title = `${model} in Ollama`;
  return {
    through: "ollama",
    model,
    title,
    endpoint: server.endpoint,
    answer: (messages, limits) => ask(server, model, messages, limits, title),
    withModel: (other) => straightFromOllama(server, other),
  };
}

async function ask(
  server: OllamaServer,
  model: string,
  messages: readonly Message[],
  limits: AnswerLimits,
  title: string,
): Promise<Answer> {
  const started = performance.now();
  try {
    const { evalSeconds, ...answer } = await chat(server, { model, messages, ...limits });
    const { tokens } = answer;
    const seconds = (performance.now() - started) / 1000;
    const tokensPerSecond = tokens !== undefined && evalSeconds ? tokens / evalSeconds : undefined;
    // An older Ollama may not know that it should refuse what is too long for the model.
    const promptCut = isPromptCut(messages, answer.promptTokens);
    return { ...answer, promptCut, model, seconds, tokensPerSecond, through: "ollama" };
  } catch (error) {
    throw explainedIfTooSlow(error, title, limits.timeoutSeconds);
  }
}
