import { wireDuration } from "../../clients/ollama/duration";
import { typedOptions } from "../../clients/ollama/options";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { BaseUrl, normalUrl } from "../shared/base-url";
import { basicCredentials, type OllamaAuth } from "../shared/ollama-auth";
import { checkOllamaArgs, checkOpenAiArgs, refuseEndpoint } from "./preset-args";
import { authCredential, authTemplates } from "./preset-auth";

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
  /** Parameters that callers of `_predict` send. */
  readonly predictParameters: readonly string[];
  /** The API key and the secrets of `auth`, if given. */
  readonly credential?: Readonly<Record<string, string>>;
}

/** Arguments of the presets for Ollama's own API. */
export interface OllamaPresetArgs {
  /** Base URL by which OpenSearch reaches Ollama, for example `http://ollama:11434`. */
  readonly endpoint: string;
  /** Name and tag, for example `smollm2:135m`. */
  readonly model: string;
  /** Ollama's model options, for example `{ num_predict: 256, temperature: 0.2 }`. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * How long Ollama keeps the model in memory after an answer: `30m`, a whole number of seconds, or `-1` for ever.
   * Default: Ollama's default, 5m.
   */
  readonly keepAlive?: string | number;
  /**
   * What a gateway in front of Ollama asks for. OpenSearch stores the secrets encrypted and never returns them; the
   * action's headers only name them. Default: nothing.
   */
  readonly auth?: OllamaAuth;
  /**
   * Longest wait for an answer, in seconds. Always sent: the server's default dropped from hours to 30 s in 3.6
   * (ml-commons #4759), which is too short for a model on a CPU.
   * @default 300
   */
  readonly readTimeoutSeconds?: number;
}

/**
 * `POST /api/generate`: one prompt in, one text out. Callers send `prompt`. OpenSearch's RAG processor sends `inputs`
 * instead, which is then used as the prompt. One deployed model serves both (the processor with `llm_response_field:
 * "response"`). A prompt that exceeds the model's context is refused; with the parameter `truncate: "true"` Ollama
 * silently drops its beginning.
 */
export function ollamaGenerate(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaGenerate", args);
  const made = ollamaPreset(args, "/api/generate", '"prompt": "${parameters.prompt}"', "prompt");
  return { ...made, parameters: { ...made.parameters, prompt: "${parameters.inputs}" } };
}

/**
 * `POST /api/chat`: a conversation in, one message out. Callers send `messages`, a list of `{ role, content }`. A
 * conversation that exceeds the model's context is refused; with the parameter `truncate: "true"` Ollama silently drops
 * the oldest messages.
 */
export function ollamaChat(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaChat", args);
  return ollamaPreset(args, "/api/chat", '"messages": ${parameters.messages}', "messages");
}

/**
 * `POST /api/embed`: texts in, vectors out. Callers send `input`, a list of texts. If a text exceeds the model's
 * context, Ollama embeds only its beginning; with the parameter `truncate: "false"` it refuses the text.
 */
export function ollamaEmbedding(args: OllamaPresetArgs): ConnectorPreset {
  checkOllamaArgs("ollamaEmbedding", args);
  const fields = ['"model": "${parameters.model}"', '"input": ${parameters.input}'];
  fields.push('"truncate": ${parameters.truncate}', ...keepAlive(args));
  const post = { url: url(args.endpoint, "/api/embed"), requestBody: `{ ${fields.join(", ")} }` };
  const action = {
    ...predictAction(post, args.auth),
    // This pair fits Ollama's answer `{"embeddings": [[…]]}` (verified on 3.4.0).
    preProcessFunction: "connector.pre_process.openai.embedding",
    postProcessFunction: "connector.post_process.cohere.embedding",
  };
  const made = preset(args, action, "input");
  return { ...made, parameters: { ...made.parameters, truncate: "true" } };
}

/** Arguments of the preset for `/v1/chat/completions`. */
export interface OpenAiPresetArgs {
  /**
   * Base URL, for example `http://ollama:11434` or `https://api.example.com/v1`. `/v1` is appended if the path contains
   * no version; a query is kept. For Azure, the URL of a deployment with its API version:
   * `https://name.openai.azure.com/openai/deployments/gpt?api-version=…`.
   */
  readonly endpoint: string;
  /** Name of the model on the server. */
  readonly model: string;
  /**
   * Sent as a bearer token, to Azure as `api-key`. OpenSearch stores it encrypted and never returns it. Default: none.
   */
  readonly apiKey?: string;
  /** What a gateway asks for besides, or instead of, the API key; as for the other presets. Default: nothing. */
  readonly auth?: OllamaAuth;
  /** Maximum number of tokens in an answer. Default: the server's. */
  readonly maxTokens?: number;
  /** Randomness of the answer, from 0. Default: the server's. */
  readonly temperature?: number;
  /**
   * Nucleus sampling: only the most likely tokens with this total probability are considered. Default: the server's.
   */
  readonly topP?: number;
  /** The same seed gives the same answer. Default: none. */
  readonly seed?: number;
  /** Texts at which the answer ends. Default: the model's. */
  readonly stop?: string | readonly string[];
  /** Penalty for tokens that have already occurred, from -2 to 2. Default: the server's. */
  readonly presencePenalty?: number;
  /** Penalty for tokens by how often they have occurred, from -2 to 2. Default: the server's. */
  readonly frequencyPenalty?: number;
  /** Longest wait for an answer, in seconds. Default: 300. */
  readonly readTimeoutSeconds?: number;
}

/**
 * `POST /v1/chat/completions`: OpenAI's API, which Ollama supports too. RAG pipelines of OpenSearch send their requests
 * in this format. Callers send `messages`. If they exceed the context, Ollama silently drops the oldest; this API has
 * no parameter to prevent that. Conversational agents send another format, which is refused (400 `Invalid payload`,
 * seen on 3.6.0).
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
  const post = predictAction({ url: openAiUrl(args.endpoint), requestBody: `{ ${fields.join(", ")} }` }, args.auth);
  const made = preset(args, post, "messages");
  if (args.apiKey === undefined) return made;
  const authorization: Readonly<Record<string, string>> = AZURE.test(post.url)
    ? { "api-key": "${credential.api_key}" }
    : { Authorization: "Bearer ${credential.api_key}" };
  const action = { ...post, headers: { ...post.headers, ...authorization } };
  return { ...made, actions: [action], credential: { ...made.credential, api_key: args.apiKey } };
}

function ollamaPreset(args: OllamaPresetArgs, path: string, field: string, parameter: string): ConnectorPreset {
  const fields = [
    '"model": "${parameters.model}"',
    field,
    '"stream": false',
    '"truncate": ${parameters.truncate:-false}',
  ];
  fields.push(...keepAlive(args));
  fields.push('"options": ${parameters.options}');
  const action = predictAction({ url: url(args.endpoint, path), requestBody: `{ ${fields.join(", ")} }` }, args.auth);
  const made = preset(args, action, parameter);
  const options = JSON.stringify(typedOptions(args.options ?? {}));
  return { ...made, parameters: { ...made.parameters, options } };
}

function preset(
  { model, readTimeoutSeconds = 300, auth }: OllamaPresetArgs | OpenAiPresetArgs,
  action: ConnectorAction,
  parameter: string,
): ConnectorPreset {
  return {
    protocol: "http",
    version: 1,
    parameters: { model },
    actions: [action],
    clientConfig: { readTimeoutSeconds },
    predictParameters: [parameter],
    ...authCredential(auth, basicCredentials),
  };
}

function predictAction(post: { url: string; requestBody: string }, auth: OllamaAuth | undefined): ConnectorAction {
  const headers = { "Content-Type": "application/json", ...authTemplates(auth) };
  return { actionType: "predict", method: "POST", headers, ...post };
}

function keepAlive(args: OllamaPresetArgs): string[] {
  return args.keepAlive === undefined ? [] : [`"keep_alive": ${JSON.stringify(wireDuration(args.keepAlive))}`];
}

function url(endpoint: string, path: string): string {
  return normalUrl(endpoint) + path;
}

const AZURE = /\?(?:.*&)?api-version=/;
const DEPLOYMENT = /\/deployments\/[^/]+$/;
/** A path that contains a version, such as `/v1` or `/v1beta/openai`. */
const VERSIONED = /\/v\d[^/]*(?:\/|$)/;
const CHAT = "/chat/completions";

const OPENAI_RULE = "must be the base URL of an API in OpenAI's form, such as https://api.example.com/v1";
const AZURE_RULE =
  "must name the deployment where it has an api-version, such as https://name.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21";

/** @throws ProgramError if the endpoint is not the base URL of such an API. */
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
