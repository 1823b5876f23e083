import { z } from "zod";
import { ServerError } from "../errors";
import type { Deadline } from "../wait";
import { searchAnswer, writeAnswer } from "./answers";
import { orMissing } from "./refusal";
import { openingRetry } from "./retry";
import { type OpenSearchServer, path } from "./server";

/** A request that a connector can send. The server fills in `${parameters.…}` and `${credential.…}`. */
export interface ConnectorAction {
  /** Purpose: `predict` for questions and embeddings. */
  readonly actionType: string;
  /** `GET`, `POST` or `PUT`. */
  readonly method: string;
  /** Full URL. Do not use a placeholder for the host: callers can override parameters, and so redirect the request. */
  readonly url: string;
  /** Headers, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON with placeholders, such as `{ "prompt": "${parameters.prompt}" }`. */
  readonly requestBody?: string;
  /**
   * Name of a built-in function, or Painless, that transforms the input, such as
   * `connector.pre_process.openai.embedding`.
   */
  readonly preProcessFunction?: string;
  /** The same for the output, such as `connector.post_process.cohere.embedding`. */
  readonly postProcessFunction?: string;
  /** 1 to 64 letters, digits, `_` or `-`. Supported from 3.5 on. */
  readonly name?: string;
}

/** How OpenSearch calls the model server. Omitted members use the server's defaults (`ConnectorClientConfig.java`). */
export interface ConnectorClientConfig {
  /** Maximum number of connections. Server's default: 30. */
  readonly maxConnection?: number;
  /** Time limit for connecting. Server's default: 30 from 3.6 on, 30000 before. */
  readonly connectionTimeoutSeconds?: number;
  /** Time limit for an answer. Server's default: 30 from 3.6 on, 30000 before (ml-commons #4759). */
  readonly readTimeoutSeconds?: number;
  /** Retries after 429 and 5xx; -1 for no limit. Server's default: 0. */
  readonly maxRetryTimes?: number;
  /** How pauses between retries grow (see `RetryBackoffPolicy`). Server's default: `constant`. */
  readonly retryBackoffPolicy?: string;
  /** Pause before the first retry. Server's default: 200. */
  readonly retryBackoffMilliseconds?: number;
  /** Time limit for all retries together. Server's default: 30. */
  readonly retryTimeoutSeconds?: number;
  /** Accept any certificate of the model server. Server's default: false. Supported from 3.5 on. */
  readonly skipSslVerification?: boolean;
}

export interface ConnectorBody {
  readonly name: string;
  readonly description?: string;
  readonly version: number;
  readonly protocol: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credential: Readonly<Record<string, string>>;
  readonly actions: readonly ConnectorAction[];
  readonly clientConfig?: ConnectorClientConfig;
}

/** A connector as the server shows it. Parameters are strings, and the credential is never shown. */
export interface ConnectorDocument {
  readonly name: string;
  readonly description?: string;
  readonly version: string;
  readonly protocol: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly actions: readonly ConnectorAction[];
  readonly clientConfig?: ConnectorClientConfig;
}

const CLIENT_CONFIG_KEYS = {
  maxConnection: "max_connection",
  connectionTimeoutSeconds: "connection_timeout",
  readTimeoutSeconds: "read_timeout",
  maxRetryTimes: "max_retry_times",
  retryBackoffPolicy: "retry_backoff_policy",
  retryBackoffMilliseconds: "retry_backoff_millis",
  retryTimeoutSeconds: "retry_timeout_seconds",
  skipSslVerification: "skip_ssl_verification",
} as const satisfies Record<keyof ConnectorClientConfig, string>;

const actionAnswer = z.object({
  action_type: z.string(),
  method: z.string().nullish(),
  url: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  request_body: z.string().nullish(),
  pre_process_function: z.string().nullish(),
  post_process_function: z.string().nullish(),
  name: z.string().nullish(),
});

const connectorAnswer = z.object({
  name: z.string(),
  description: z.string().nullish(),
  version: z.coerce.string(),
  protocol: z.string(),
  parameters: z.record(z.string(), z.coerce.string()).nullish(),
  actions: z.array(actionAnswer).nullish(),
  client_config: z.record(z.string(), z.unknown()).nullish(),
});

const connectorsAnswer = searchAnswer(connectorAnswer);
const createdAnswer = z.object({ connector_id: z.string() });

export async function createConnector(
  server: OpenSearchServer,
  body: ConnectorBody,
  deadline: Deadline,
): Promise<string> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/connectors/_create",
    body: wire(body),
    answer: createdAnswer,
    repeatable: false,
    // A new cluster needs a few seconds to create its key for encrypting credentials.
    retry: { deadline },
  });
  return answer.connector_id;
}

export async function getConnector(server: OpenSearchServer, id: string): Promise<ConnectorDocument | undefined> {
  const call = server.call({
    method: "GET",
    path: path`/_plugins/_ml/connectors/${id}`,
    answer: connectorAnswer,
    repeatable: true,
  });
  const answer = await orMissing(call);
  return answer === undefined ? undefined : document(answer);
}

/** Changes parameters (keys that are left out stay) and the credential of a connector that no deployed model uses. */
export async function patchConnector(
  server: OpenSearchServer,
  id: string,
  patch: { readonly parameters: Readonly<Record<string, string>>; readonly credential: ConnectorBody["credential"] },
): Promise<void> {
  await server.call({
    method: "PUT",
    path: path`/_plugins/_ml/connectors/${id}`,
    body: patch,
    answer: writeAnswer,
    repeatable: true,
  });
}

const USED = /models are still using this connector/;

/**
 * Whether the server refused to change or delete a connector because models use it. The server matches ids word by
 * word, so it may be wrong (3.4.0).
 */
export function countsAsUsed(error: unknown): error is ServerError {
  return error instanceof ServerError && USED.test(error.reason);
}

/** Deletes a connector, if it exists. */
export async function deleteConnector(server: OpenSearchServer, id: string): Promise<void> {
  const call = server.call({
    method: "DELETE",
    path: path`/_plugins/_ml/connectors/${id}`,
    answer: writeAnswer,
    repeatable: true,
  });
  await orMissing(call);
}

const MAX_FOUND = 100;

/** Finds connectors with a parameter that starts with this text. */
export async function findConnectors(
  server: OpenSearchServer,
  parameter: string,
  beginning: string,
): Promise<readonly { readonly id: string; readonly connector: ConnectorDocument }[]> {
  const answer = await server.call({
    method: "POST",
    path: "/_plugins/_ml/connectors/_search",
    body: { query: { prefix: { [`parameters.${parameter}`]: beginning } }, size: MAX_FOUND },
    answer: connectorsAnswer,
    repeatable: true,
    retry: openingRetry(),
  });
  return answer.hits.hits
    .map((hit) => ({ id: hit._id, connector: document(hit._source) }))
    .filter(({ connector }) => connector.parameters[parameter]?.startsWith(beginning) === true);
}

function document(answer: z.infer<typeof connectorAnswer>): ConnectorDocument {
  return {
    name: answer.name,
    description: answer.description ?? undefined,
    version: answer.version,
    protocol: answer.protocol,
    parameters: answer.parameters ?? {},
    actions: (answer.actions ?? []).map((action) => ({
      actionType: action.action_type.toLowerCase(),
      method: action.method ?? "",
      url: action.url ?? "",
      headers: action.headers ?? undefined,
      requestBody: action.request_body ?? undefined,
      preProcessFunction: action.pre_process_function ?? undefined,
      postProcessFunction: action.post_process_function ?? undefined,
      name: action.name ?? undefined,
    })),
    clientConfig: answer.client_config ? clientConfig(answer.client_config) : undefined,
  };
}

function clientConfig(answer: Readonly<Record<string, unknown>>): ConnectorClientConfig {
  const entries = Object.entries(CLIENT_CONFIG_KEYS).map(([ours, theirs]) => [ours, answer[theirs]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function wire(body: ConnectorBody): Record<string, unknown> {
  return {
    name: body.name,
    description: body.description,
    version: body.version,
    protocol: body.protocol,
    parameters: body.parameters,
    credential: body.credential,
    actions: body.actions.map((action) => ({
      action_type: action.actionType,
      method: action.method,
      url: action.url,
      headers: action.headers,
      request_body: action.requestBody,
      pre_process_function: action.preProcessFunction,
      post_process_function: action.postProcessFunction,
      name: action.name,
    })),
    client_config: body.clientConfig && wireClientConfig(body.clientConfig),
  };
}

function wireClientConfig(config: ConnectorClientConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(CLIENT_CONFIG_KEYS).map(([ours, theirs]) => [theirs, config[ours as keyof ConnectorClientConfig]]),
  );
}
