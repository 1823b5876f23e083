import { ChatApi } from "../providers/connector/chat-api";
import {
  type ConnectorPreset,
  type OpenAiPresetArgs,
  ollamaChat,
  ollamaGenerate,
  openAiChat,
} from "../providers/connector/presets";
import { typedOptions } from "../providers/shared/values";

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
