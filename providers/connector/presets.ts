import { wireDuration } from "../../clients/ollama/duration";
import { typedOptions } from "../../clients/ollama/options";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { BaseUrl, normalUrl } from "../shared/base-url";
import { checkOllamaArgs, checkOpenAiArgs, refuseEndpoint } from "./preset-args";

/** The parts of a connector that a preset builds; spread it into `ConnectorArgs`. */
export interface ConnectorPreset {
  /** `http`. */
  readonly protocol: string;
  /** 1. */
  readonly version: number;
  /** The model, and its options as JSON. */
  readonly parameters: Readonly<Record<string, string>>;
  /** One action, `predict`. */
  readonly actions: readonly ConnectorAction[];
  /** The time limit. */
  readonly clientConfig: ConnectorClientConfig;
  /** What callers of `_predict` fill in. */
  readonly predictParameters: readonly string[];
  /** The API key, where there is one. */
  readonly credential?: Readonly<Record<string, string>>;
}

/** What the presets for Ollama's own API need to know. */
export interface OllamaPresetArgs {
  /** Base URL of Ollama as OpenSearch reaches it, for example `http://ollama:11434`. */
  readonly endpoint: string;
  /** Name and tag, for example `smollm2:135m`. */
  readonly model: string;
  /** Ollama's model options, for example `{ num_predict: 256, temperature: 0.2 }`. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * How long Ollama keeps the model in memory after an answer: `30m`, a whole number of seconds, or `-1` for ever. Default:
   * Ollama's, 5m.
   */
  readonly keepAlive?: string | number;
  /**
   * Longest wait for an answer, in seconds. Always written: the server's default fell from hours to 30 s in 3.6
   * (ml-commons #4759), too short for a model on a CPU.
   * @default 300
   */
  readonly readTimeoutSeconds?: number;
}

/**
 * `POST /api/generate`: one prompt in, one text out. Callers give `prompt`. OpenSearch's RAG processor gives `inputs`
 * instead, which stands for the prompt then: one deployed model serves both (the processor with `llm_response_field:
 * "response"`). A prompt that is longer than the model's context is refused; with the parameter `truncate: "true"` Ollama
 * drops its beginning without a word.
 */
export function ollamaGenerate(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaGenerate", args);
  const made = native(args, "/api/generate", '"prompt": "${parameters.prompt}"', "prompt");
  return { ...made, parameters: { ...made.parameters, prompt: "${parameters.inputs}" } };
}

/**
 * `POST /api/chat`: a conversation in, one message out. Callers give `messages`, a list of `{ role, content }`.
 * What is longer than the model's context is refused; with the parameter `truncate: "true"` Ollama drops the oldest
 * messages without a word.
 */
export function ollamaChat(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaChat", args);
  return native(args, "/api/chat", '"messages": ${parameters.messages}', "messages");
}

/**
 * `POST /api/embed`: texts in, vectors out. Callers give `input`, a list of texts. Of a text that is longer than the model
 * reads Ollama embeds the beginning; with the parameter `truncate: "false"` it refuses it.
 */
export function ollamaEmbedding(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaEmbedding", args);
  const fields = ['"model": "${parameters.model}"', '"input": ${parameters.input}'];
  fields.push('"truncate": ${parameters.truncate}', ...keepAlive(args));
  const post = { url: url(args.endpoint, "/api/embed"), requestBody: `{ ${fields.join(", ")} }` };
  const action = {
    ...predictAction(post),
    // The pair that fits Ollama's answer `{"embeddings": [[…]]}`, seen right on 3.4.0.
    preProcessFunction: "connector.pre_process.openai.embedding",
    postProcessFunction: "connector.post_process.cohere.embedding",
  };
  const made = preset(args.model, action, ["input"], args.readTimeoutSeconds);
  return { ...made, parameters: { ...made.parameters, truncate: "true" } };
}

/** What the preset for `/v1/chat/completions` needs to know. */
export interface OpenAiPresetArgs {
  /**
   * Base URL, for example `http://ollama:11434` or `https://api.example.com/v1`. `/v1` is added where no version stands in
   * its path, a query is kept. Azure's is that of a deployment, with its version:
   * `https://name.openai.azure.com/openai/deployments/gpt?api-version=…`.
   */
  readonly endpoint: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Sent as a bearer token, to Azure as `api-key`; kept by the server encrypted and never shown. Default: none. */
  readonly apiKey?: string;
  /** Most tokens of an answer. Default: the server's. */
  readonly maxTokens?: number;
  /** How much is left to chance, from 0. Default: the server's. */
  readonly temperature?: number;
  /** How many of the likeliest tokens are chosen from, as a share of their probability. Default: the server's. */
  readonly topP?: number;
  /** The same one gives the same answer. Default: none. */
  readonly seed?: number;
  /** Texts at which an answer ends. Default: the model's own. */
  readonly stop?: string | readonly string[];
  /** How much is taken off what was said already, from -2 to 2. Default: the server's. */
  readonly presencePenalty?: number;
  /** The same, by how often it was said. Default: the server's. */
  readonly frequencyPenalty?: number;
  /** Longest wait for an answer, in seconds. Default: 300. */
  readonly readTimeoutSeconds?: number;
}

/**
 * `POST /v1/chat/completions`, OpenAI's form, which Ollama serves too, and in which RAG pipelines of OpenSearch send what
 * they found. Callers give `messages`. Of what is longer than the context, Ollama drops the oldest without a word here:
 * this form has no word against it. Conversational agents send another form, which this refuses (400 `Invalid
 * payload`, seen on 3.6.0).
 */
export function openAiChat(args: OpenAiPresetArgs): ConnectorPreset {
  checkOpenAiArgs("openAiChat", args);
  const fields = ['"model": "${parameters.model}"', '"messages": ${parameters.messages}', '"stream": false'];
  const { maxTokens, temperature, topP, seed, stop, presencePenalty, frequencyPenalty } = args;
  const more = {
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    seed,
    stop,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
  };
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) fields.push(`"${name}": ${JSON.stringify(value)}`);
  }
  const post = predictAction({
    url: openAiUrl(args.endpoint),
    requestBody: `{ ${fields.join(", ")} }`,
  });
  if (args.apiKey === undefined) return preset(args.model, post, ["messages"], args.readTimeoutSeconds);
  const authorization: Readonly<Record<string, string>> = AZURE.test(post.url)
    ? { "api-key": "${credential.api_key}" }
    : { Authorization: "Bearer ${credential.api_key}" };
  const action = { ...post, headers: { ...post.headers, ...authorization } };
  return {
    ...preset(args.model, action, ["messages"], args.readTimeoutSeconds),
    credential: { api_key: args.apiKey },
  };
}

function native(args: OllamaPresetArgs, path: string, field: string, parameter: string): ConnectorPreset {
  const fields = [
    '"model": "${parameters.model}"',
    field,
    '"stream": false',
    '"truncate": ${parameters.truncate:-false}',
  ];
  fields.push(...keepAlive(args));
  fields.push('"options": ${parameters.options}');
  const action = predictAction({ url: url(args.endpoint, path), requestBody: `{ ${fields.join(", ")} }` });
  const made = preset(args.model, action, [parameter], args.readTimeoutSeconds);
  const options = JSON.stringify(typedOptions(args.options ?? {}));
  return { ...made, parameters: { ...made.parameters, options } };
}

function preset(
  model: string,
  action: ConnectorAction,
  predictParameters: readonly string[],
  readTimeoutSeconds = 300,
): ConnectorPreset {
  return {
    protocol: "http",
    version: 1,
    parameters: { model },
    actions: [action],
    clientConfig: { readTimeoutSeconds },
    predictParameters,
  };
}

function predictAction(post: { url: string; requestBody: string }): ConnectorAction {
  return { actionType: "predict", method: "POST", headers: { "Content-Type": "application/json" }, ...post };
}

function keepAlive(args: OllamaPresetArgs): string[] {
  return args.keepAlive === undefined ? [] : [`"keep_alive": ${JSON.stringify(wireDuration(args.keepAlive))}`];
}

function url(endpoint: string, path: string): string {
  return normalUrl(endpoint) + path;
}

const AZURE = /\?(?:.*&)?api-version=/;
const DEPLOYMENT = /\/deployments\/[^/]+$/;
/** A path that names its version already, such as `/v1` or `/v1beta/openai`. */
const VERSIONED = /\/v\d[^/]*(?:\/|$)/;
const CHAT = "/chat/completions";

const OPENAI_RULE = "must be the base URL of an API in OpenAI's form, such as https://api.example.com/v1";
const AZURE_RULE =
  "must name the deployment where it has an api-version, such as https://name.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21";

/** @throws ProgramError on what is no such URL. */
function openAiUrl(endpoint: string): string {
  const [address = "", ...rest] = endpoint.split("?");
  const query = rest.length > 0 && rest[0] !== "" ? `?${rest.join("?")}` : "";
  const base = BaseUrl.parse(address);
  if (base === undefined || /[\s#]/.test(query)) refuseEndpoint("openAiChat", endpoint, OPENAI_RULE);
  if (base.path.endsWith(CHAT)) return base.text + query;
  if (DEPLOYMENT.test(base.path) || VERSIONED.test(base.path)) return base.text + CHAT + query;
  if (AZURE.test(query)) refuseEndpoint("openAiChat", endpoint, AZURE_RULE);
  return `${base.text}/v1${CHAT}${query}`;
}
