import type * as pulumi from "@pulumi/pulumi";
import { ChatApi } from "../providers/connector/chat-api";
import {
  type ConnectorPreset,
  type OpenAiPresetArgs,
  ollamaChat,
  ollamaGenerate,
  openAiChat,
} from "../providers/connector/presets";
import type { Connector } from "../providers/connector/resource";
import type { DeployedModel } from "../providers/deployed-model/resource";
import type { OllamaAuth } from "../providers/shared/ollama-auth";
import { typedOptions } from "../providers/shared/values";
import type { ChatModelArgs, OllamaChatStackArgs } from "./args";

export const DEFAULT_MODEL = "smollm2:135m";

/** One model of a chat stack, with every default filled in. */
export interface ChatModel {
  /** Used in the outputs and in the names of its resources. */
  readonly alias: string;
  /** Name and tag in Ollama. */
  readonly name: pulumi.Input<string>;
  readonly api: string;
  readonly modelOptions?: pulumi.Input<Record<string, unknown>>;
  readonly keepAlive?: pulumi.Input<string>;
  readonly readTimeoutSeconds?: pulumi.Input<number>;
  /** Whether it is deployed on OpenSearch, or only pulled into Ollama. */
  readonly deploy: boolean;
  /** Path in the arguments, for messages: `model`, or `models` and an index. */
  readonly path: readonly (string | number)[];
}

/** A model together with its resources on OpenSearch. */
export interface AnsweringModel extends ChatModel {
  readonly connector: Connector;
  readonly deployed: DeployedModel;
}

/** The models of a stack, the chat model first. */
export function chatModelsOf(args: OllamaChatStackArgs): readonly [ChatModel, ...ChatModel[]] {
  const entries = (args.models ?? []).map((entry, i) => chatModel(args, asArgs(entry), ["models", i]));
  const [only, ...others] = entries;
  const isNamed = args.model !== undefined || only === undefined;
  const first = isNamed ? chatModel(args, { name: args.model ?? DEFAULT_MODEL }, ["model"]) : only;
  const rest = isNamed ? entries : others;
  // A plain name that stands in the list twice adds nothing.
  const isNew = (model: ChatModel, i: number) =>
    !isText(args.models, model.path) ||
    ![first, ...rest.slice(0, i)].some(({ name, deploy }) => name === model.name && deploy);
  return [first, ...rest.filter(isNew)];
}

function isText(models: OllamaChatStackArgs["models"] = [], [, i]: ChatModel["path"]): boolean {
  return typeof i === "number" && typeof models[i] === "string";
}

function asArgs(entry: string | ChatModelArgs): ChatModelArgs {
  return typeof entry === "string" ? { name: entry } : entry;
}

function chatModel(stack: OllamaChatStackArgs, given: ChatModelArgs, path: ChatModel["path"]): ChatModel {
  return {
    alias: given.alias ?? (typeof given.name === "string" ? given.name : ""),
    name: given.name,
    api: given.api ?? stack.api ?? ChatApi.generate,
    modelOptions: given.modelOptions ?? stack.modelOptions,
    keepAlive: given.keepAlive ?? stack.ollama?.keepAlive,
    readTimeoutSeconds: given.readTimeoutSeconds ?? stack.readTimeoutSeconds,
    deploy: given.deploy ?? true,
    path,
  };
}

/** Input of `presetFor`. */
export interface ChatSettings {
  /** Base URL of Ollama as OpenSearch reaches it. */
  readonly endpoint: string;
  readonly model: string;
  readonly api: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly keepAlive?: string | number;
  readonly readTimeoutSeconds?: number;
  readonly auth?: OllamaAuth;
}

/** Model options with a counterpart in OpenAI's API, and their names in `openAiChat`. */
export const OPENAI_OPTIONS = {
  num_predict: "maxTokens",
  temperature: "temperature",
  top_p: "topP",
  seed: "seed",
  stop: "stop",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
} as const satisfies Record<string, keyof OpenAiPresetArgs>;

/** Builds the connector body for a chat model. */
export function presetFor({ options, keepAlive, ...settings }: ChatSettings): ConnectorPreset {
  if (settings.api === ChatApi.chat) return ollamaChat({ ...settings, options, keepAlive });
  if (settings.api === ChatApi.openai) return openAiChat({ ...settings, ...asOpenAiArgs(options) });
  return ollamaGenerate({ ...settings, options, keepAlive });
}

function asOpenAiArgs(options: ChatSettings["options"] = {}): Partial<OpenAiPresetArgs> {
  const sent = Object.entries(OPENAI_OPTIONS).filter(([name]) => options[name] !== undefined && options[name] !== null);
  const typed = typedOptions(options);
  return Object.fromEntries(sent.map(([name, word]) => [word, typed[name]]));
}
