import { z } from "zod";
import type { Deadline } from "../wait";
import { writeAnswer } from "./answers";
import { orMissing } from "./missing";
import type { OpenSearchServer } from "./server";

export interface ConnectorAction {
  readonly actionType: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly requestBody?: string;
  readonly preProcessFunction?: string;
  readonly postProcessFunction?: string;
  /** Understood from 3.5 on. */
  readonly name?: string;
}

/** Times are in seconds unless the name says otherwise. */
export interface ConnectorClientConfig {
  readonly maxConnection?: number;
  readonly connectionTimeoutSeconds?: number;
  readonly readTimeoutSeconds?: number;
  readonly maxRetryTimes?: number;
  readonly retryBackoffPolicy?: string;
  readonly retryBackoffMilliseconds?: number;
  readonly retryTimeoutSeconds?: number;
  /** Understood from 3.5 on. */
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

/** A connector as the server shows it: parameters are texts, and the credential is never shown. */
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

export async function createConnector(
  server: OpenSearchServer,
  body: ConnectorBody,
  deadline: Deadline,
): Promise<string> {
  const answer = await server.call({
    name: "POST /_plugins/_ml/connectors/_create",
    send: (client, options) => client.ml.createConnector({ body: wire(body) as never }, options),
    answer: z.object({ connector_id: z.string() }),
    repeatable: false,
    // A new cluster takes seconds to make the key with which it encrypts credentials.
    retry: { deadline },
  });
  return answer.connector_id;
}

export async function getConnector(server: OpenSearchServer, id: string): Promise<ConnectorDocument | undefined> {
  const call = server.call({
    name: `GET /_plugins/_ml/connectors/${id}`,
    send: (client, options) => client.ml.getConnector({ connector_id: id }, options),
    answer: connectorAnswer,
    repeatable: true,
  });
  const answer = await orMissing(call);
  return answer === undefined ? undefined : document(answer);
}

/** Changes parameters (by key: a key that is left out stays) and credential of a connector no deployed model uses. */
export async function patchConnector(
  server: OpenSearchServer,
  id: string,
  patch: { readonly parameters: Readonly<Record<string, string>>; readonly credential: ConnectorBody["credential"] },
): Promise<void> {
  await server.call({
    name: `PUT /_plugins/_ml/connectors/${id}`,
    send: (client, options) => client.ml.updateConnector({ connector_id: id, body: { ...patch } as never }, options),
    answer: writeAnswer,
    repeatable: true,
  });
}

/** Deletes a connector; one that is not there counts as deleted. */
export async function deleteConnector(server: OpenSearchServer, id: string): Promise<void> {
  const call = server.call({
    name: `DELETE /_plugins/_ml/connectors/${id}`,
    send: (client, options) => client.ml.deleteConnector({ connector_id: id }, options),
    answer: writeAnswer,
    repeatable: true,
  });
  await orMissing(call);
}

const MOST_OF_ONE_NAME = 100;

/** Connectors of this exact name, with their ids. Names need not be unique. */
export async function findConnectors(
  server: OpenSearchServer,
  name: string,
): Promise<readonly { readonly id: string; readonly connector: ConnectorDocument }[]> {
  const answer = await server.call({
    name: "POST /_plugins/_ml/connectors/_search",
    send: (client, options) =>
      client.ml.searchConnectors(
        { body: { query: { term: { "name.keyword": name } }, size: MOST_OF_ONE_NAME } as never },
        options,
      ),
    answer: z.object({
      hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: connectorAnswer })) }),
    }),
    repeatable: true,
  });
  return answer.hits.hits
    .map((hit) => ({ id: hit._id, connector: document(hit._source) }))
    .filter(({ connector }) => connector.name === name);
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
