import { chat } from "../../clients/ollama/chat";
import type { OllamaServer } from "../../clients/ollama/server";
import type { Access } from "../access/access";
import { ollamaOf } from "../access/gateways";
import { CommandFailure, ExitCode } from "../failure";
import type { Answer, Answerer, AnswerLimits, Message } from "./answer";
import { explainedIfTooSlow, isPromptCut } from "./answer";

/** Asks Ollama directly, through `POST /api/chat`. The answer arrives word by word. */
export function directAnswerer(server: OllamaServer, model: string): Answerer {
  const title = `${model} in Ollama`;
  return {
    through: "ollama",
    model,
    title,
    endpoint: server.endpoint,
    answer: (messages, limits) => ask(server, model, messages, limits, title),
    withModel: (other) => directAnswerer(server, other),
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
    // Older versions of Ollama may not refuse a prompt that is too long for the model.
    const promptCut = isPromptCut(messages, answer.promptTokens);
    return { ...answer, promptCut, model, seconds, tokensPerSecond, through: "ollama" };
  } catch (error) {
    throw explainedIfTooSlow(error, title, limits.timeoutSeconds);
  }
}

/** @throws CommandFailure if no Ollama or no model is known. */
export function ollamaAnswerer(access: Access): Answerer {
  const { chatModel } = access;
  const ollama = ollamaOf(access);
  if (ollama === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "There is no Ollama to ask.",
      cause: `The servers come from ${access.source}, and no Ollama is among them.`,
      fix: "Give --ollama URL, such as --ollama http://localhost:11434.",
    });
  }
  if (chatModel === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `There is no model to ask in Ollama at ${ollama.endpoint}.`,
      cause: `The servers come from ${access.source}, which names no model.`,
      fix: "Give --model NAME, such as --model smollm2:135m; ollama-chat models lists what Ollama has.",
    });
  }
  return directAnswerer(ollama, chatModel);
}
