import type * as pulumi from "@pulumi/pulumi";
import { ChatApi } from "../providers/connector/chat-api";
import {
  type ConnectorPreset,
  type OpenAiPresetArgs,
  ollamaChat,
  ollamaGenerate,
  openAiChat,
} from "../providers/connector/presets";
import { typedOptions } from "../providers/shared/values";
import type { ChatModelArgs, OllamaChatStackArgs } from "./args";

export const DEFAULT_MODEL = "smollm2:135m";

/** One model of a chat stack with everything that its connector is made of. */
export interface ChatModel {
  /** What the outputs and the names of its resources call it. */
  readonly alias: string;
  /** Name and tag in Ollama. */
  readonly name: pulumi.Input<string>;
  readonly api: string;
  readonly modelOptions?: pulumi.Input<Record<string, unknown>>;
  readonly keepAlive?: pulumi.Input<string>;
  readonly readTimeoutSeconds?: pulumi.Input<number>;
  /** Whether it answers through OpenSearch, or is in Ollama only. */
  readonly deploy: boolean;
  /** Where it stands in the arguments, for messages: `model`, or `models` and its place. */
  readonly path: readonly (string | number)[];
}

/** The models of a stack: first the one that the flat outputs tell of. What an entry leaves out is the stack's. */
export function chatModelsOf(args: OllamaChatStackArgs): readonly [ChatModel, ...ChatModel[]] {
  const entries = (args.models ?? []).map((entry, i) => chatModel(args, asArgs(entry), ["models", i]));
  const [only, ...others] = entries;
  const isNamed = args.model !== undefined || only === undefined;
  const first = isNamed ? chatModel(args, { name: args.model ?? DEFAULT_MODEL }, ["model"]) : only;
  const rest = isNamed ? entries : others;
  // A text that names a model for the second time asks for nothing more.
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

/** What a connector to a chat model is made of. */
export interface ChatSettings {
  /** Base URL of Ollama as OpenSearch reaches it. */
  readonly endpoint: string;
  readonly model: string;
  readonly api: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly keepAlive?: string | number;
  readonly readTimeoutSeconds?: number;
}

/** The model options that OpenAI's form has a word for, and what `openAiChat` calls it. */
export const OPENAI_WORDS = {
  num_predict: "maxTokens",
  temperature: "temperature",
  top_p: "topP",
  seed: "seed",
  stop: "stop",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
} as const satisfies Record<string, keyof OpenAiPresetArgs>;

export function presetFor({ options, keepAlive, ...settings }: ChatSettings): ConnectorPreset {
  if (settings.api === ChatApi.chat) return ollamaChat({ ...settings, options, keepAlive });
  if (settings.api === ChatApi.openai) return openAiChat({ ...settings, ...inOpenAiWords(options) });
  return ollamaGenerate({ ...settings, options, keepAlive });
}

function inOpenAiWords(options: ChatSettings["options"] = {}): Partial<OpenAiPresetArgs> {
  const sent = Object.entries(OPENAI_WORDS).filter(([name]) => options[name] !== undefined && options[name] !== null);
  const typed = typedOptions(options);
  return Object.fromEntries(sent.map(([name, word]) => [word, typed[name]]));
}
