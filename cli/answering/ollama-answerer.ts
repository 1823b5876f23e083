import { OllamaServer } from "../../clients/ollama/server";
import type { Access } from "../access/access";
import { ExitCode } from "../exit-codes";
import { CommandFailure } from "../failure";
import type { Answerer } from "./answer";
import { straightFromOllama } from "./ollama";

/** @throws CommandFailure where no source names an Ollama or a model. */
export function ollamaAnswerer(access: Access): Answerer {
  const { ollamaEndpoint, chatModel } = access;
  if (ollamaEndpoint === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "No Ollama is known that could be asked.",
      cause: `The servers come from ${access.source}, and no Ollama is among them.`,
      fix: "Give --ollama URL, such as --ollama http://localhost:11434.",
    });
  }
  if (chatModel === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `No model is known to ask in Ollama at ${ollamaEndpoint}.`,
      cause: `The servers come from ${access.source}, which names no model.`,
      fix: "Give --model NAME, such as --model smollm2:135m; ollama-chat models lists what Ollama has.",
    });
  }
  return straightFromOllama(new OllamaServer(ollamaEndpoint), chatModel);
}
