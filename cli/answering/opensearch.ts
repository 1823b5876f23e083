import { UnexpectedAnswerError } from "../../clients/errors";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { answerContent, answerMeasures } from "../../clients/opensearch/predict-answer";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { Deadline } from "../../clients/wait";
import { ChatApi } from "../../providers/connector/chat-api";
import { promptText } from "../../providers/connector/prompt-text";
import type { Access } from "../access/access";
import type { OllamaAccess } from "../access/gateways";
import { CommandFailure, ExitCode } from "../failure";
import type { Answer, Answerer, AnswerLimits, Message } from "./answer";
import { explainedIfTooSlow, isPromptCut } from "./answer";
import { reportedContext } from "./reported-context";

export interface AskedModel {
  readonly server: OpenSearchServer;
  readonly modelId: string;
  /** `generate`, `chat` or `openai`: what the model's connector takes. */
  readonly api: string;
  /** Name and tag in Ollama, if known. */
  readonly model?: string;
  /** The connector's model server, if it is a known Ollama. */
  readonly ollama?: OllamaAccess;
  /** Overrides the connector's model. */
  readonly otherModel?: string;
}

/** Asks through `POST /_plugins/_ml/models/<id>/_predict`. Escapes user text, since the server treats it as a template. */
export function predictAnswerer(deployed: AskedModel): Answerer {
  const model = deployed.otherModel ?? deployed.model;
  const title = `${model ?? `model ${deployed.modelId}`} through OpenSearch`;
  return {
    through: "opensearch",
    model,
    title,
    endpoint: deployed.server.endpoint,
    answer: (messages, limits) => ask(deployed, messages, limits, title),
    withModel: (other) => predictAnswerer({ ...deployed, otherModel: other }),
  };
}

async function ask(
  deployed: AskedModel,
  messages: readonly Message[],
  limits: AnswerLimits,
  title: string,
): Promise<Answer> {
  const { server, modelId } = deployed;
  const started = performance.now();
  const deadline = Deadline.after(limits.timeoutSeconds * 1000);
  try {
    const answer = await predict(server, modelId, parametersOf(deployed, messages), deadline, limits.signal);
    const content = answerContent(answer);
    if (content === undefined) throw noText(deployed, answer);
    if (content.text !== "") limits.onText?.(content.text);
    const seconds = (performance.now() - started) / 1000;
    const { model = deployed.otherModel ?? deployed.model, tokens, promptTokens, evalSeconds } = answerMeasures(answer);
    const tokensPerSecond = tokens === undefined ? undefined : tokens / (evalSeconds ?? seconds);
    const promptCut = isPromptCut(messages, promptTokens) || (await fillsContext(deployed, model, promptTokens));
    return { ...content, promptCut, model, seconds, tokens, promptTokens, tokensPerSecond, through: "opensearch" };
  } catch (error) {
    throw explainedIfTooSlow(error, title, limits.timeoutSeconds);
  }
}

/** Shorter prompts are assumed to fit. */
const MAY_FILL_TOKENS = 256;

/**
 * Whether a prompt filled the context and so was probably cut. Ollama refuses a prompt that is too long only if told to,
 * and `/v1/chat/completions` has no such parameter.
 */
async function fillsContext(
  { ollama = {} }: AskedModel,
  model: string | undefined,
  promptTokens = 0,
): Promise<boolean> {
  if (promptTokens < MAY_FILL_TOKENS) return false;
  const context = await reportedContext(ollama, model);
  return context?.loaded === true && promptTokens >= context.tokens;
}

/** Parameters of `_predict` for a conversation. For a connector that takes a prompt, they are joined into one text. */
function parametersOf({ api, otherModel }: AskedModel, messages: readonly Message[]): Record<string, unknown> {
  const model = otherModel === undefined ? {} : { model: otherModel };
  if (api === ChatApi.generate) return { ...model, prompt: promptText(flattened(messages)) };
  return { ...model, messages: messages.map(({ role, content }) => ({ role, content: promptText(content) })) };
}

function noText({ modelId, api }: AskedModel, answer: unknown): UnexpectedAnswerError {
  const shown = JSON.stringify(answer).slice(0, 300);
  return new UnexpectedAnswerError(
    `POST /_plugins/_ml/models/${modelId}/_predict`,
    `it holds no text of the API ${api}: ${shown}`,
  );
}

/**
 * A conversation as one text, for `/api/generate`. A single question stays as it is. Otherwise each message gets a
 * speaker label, and the text ends with the label of the model's turn. (Ollama wraps the whole text in the model's
 * template as one user message.)
 */
export function flattened(messages: readonly Message[]): string {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const turns = messages.filter(({ role }) => role !== "system");
  if (turns.length <= 1) return [...system, ...turns.map(({ content }) => content)].join("\n\n");
  const told = turns.map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`);
  return [...system, ...told, "Assistant:"].join("\n\n");
}

/** @throws CommandFailure if no OpenSearch or no deployed model is known. */
export function openSearchAnswerer(access: Access): Answerer {
  const { opensearch, asker, modelId, api, chatModel: model, aliases = [] } = access;
  if (opensearch === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "There is no OpenSearch to ask.",
      cause: `The servers come from ${access.source}, and no OpenSearch is among them.`,
      fix: "Give --opensearch URL --model-id ID, or ask Ollama itself: --direct (chat: --through ollama).",
    });
  }
  if (modelId === undefined && model !== undefined && aliases.length > 0) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `No deployed model is known on ${opensearch.endpoint} by the name ${model}.`,
      cause: `The servers come from ${access.source}, whose models are ${aliases.join(", ")}.`,
      fix: "Give --model with one of these, or --model-id ID; ollama-chat models lists the deployed ones.",
    });
  }
  if (modelId === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: `No deployed model is known on ${opensearch.endpoint}.`,
      cause: `The servers come from ${access.source}, which names no model's id.`,
      fix: "Give --model-id ID; ollama-chat models lists the deployed ones.",
    });
  }
  return predictAnswerer({ server: openSearch(asker ?? opensearch), modelId, api, model, ollama: access });
}
