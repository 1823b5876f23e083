import { javaPattern } from "../cluster/regex";
import { type ApiError, illegalArgument } from "../errors";
import type { JsonNode } from "../json/parse";
import {
  readArray,
  readBoolean,
  readInteger,
  readObject,
  readParameters,
  readText,
  readTextMap,
  readTexts,
} from "../json/read";
import type { Profile } from "../profiles";
import { substitute } from "./template";

export interface ConnectorAction {
  action_type: string;
  method: string;
  url: string;
  headers?: Record<string, string>;
  request_body?: string;
  pre_process_function?: string;
  post_process_function?: string;
  name?: string;
}

export type ClientConfig = Record<string, number | string | boolean>;

/** A connector as it is stored; `credential` never leaves the emulator but in requests to the model server. */
export interface Connector {
  name?: string;
  version?: string;
  description?: string;
  protocol?: string;
  parameters?: Record<string, string>;
  credential?: Record<string, string>;
  actions?: ConnectorAction[];
  backend_roles?: string[];
  access?: string;
  created_time?: number;
  last_updated_time?: number;
  client_config?: ClientConfig;
}

/** What a request may say about a connector besides the connector. */
export interface ConnectorInput {
  connector: Connector;
  addAllBackendRoles?: boolean;
  dryRun: boolean;
}

const ACTION_TYPES = ["PREDICT", "EXECUTE", "BATCH_PREDICT", "CANCEL_BATCH_PREDICT", "BATCH_PREDICT_STATUS"];
const PROTOCOLS = ["http", "aws_sigv4", "mcp_sse", "mcp_streamable_http"];

/** Reads a connector's body field by field, in the order they come, as the server does. */
export function readConnectorInput(node: JsonNode, profile: Profile): ConnectorInput {
  const input: ConnectorInput = { connector: { parameters: {} }, dryRun: false };
  const { connector } = input;
  for (const { name, value } of readObject(node)) {
    switch (name) {
      case "name":
      case "description":
      case "version":
      case "protocol":
        connector[name] = readText(value);
        break;
      case "parameters":
        connector.parameters = readParameters(value);
        break;
      case "credential":
        connector.credential = readTextMap(value);
        break;
      case "actions":
        connector.actions = readArray(value).map((action) => readAction(action, profile));
        break;
      case "backend_roles":
        connector.backend_roles = readTexts(value);
        break;
      case "access_mode":
        connector.access = readText(value);
        break;
      case "add_all_backend_roles":
        input.addAllBackendRoles = readBoolean(value);
        break;
      case "dry_run":
        input.dryRun = readBoolean(value);
        break;
      case "client_config":
        connector.client_config = readClientConfig(value, profile);
        break;
      default:
    }
  }
  return input;
}

function readAction(node: JsonNode, profile: Profile): ConnectorAction {
  const action: Partial<ConnectorAction> = {};
  for (const { name, value } of readObject(node)) {
    if (name === "action_type") action.action_type = readActionType(readText(value));
    if (name === "method" || name === "url" || name === "request_body") action[name] = readText(value);
    if (name === "pre_process_function" || name === "post_process_function") action[name] = readText(value);
    if (name === "headers") action.headers = readTextMap(value);
    if (name === "name" && profile.knowsActionNames) action.name = readActionName(readText(value));
  }
  const { action_type, method, url } = action;
  if (action_type === undefined) throw illegalArgument("action type can't be null");
  if (url === undefined) throw illegalArgument("url can't be null");
  if (method === undefined) throw illegalArgument("method can't be null");
  return { ...action, action_type, method, url };
}

function readActionType(text: string): string {
  const type = text.toUpperCase();
  if (ACTION_TYPES.includes(type)) return type;
  throw illegalArgument(`No enum constant org.opensearch.ml.common.connector.ConnectorAction.ActionType.${type}`);
}

/** 3.5 and later. Read in source. */
function readActionName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have a refusal of their own
  if (/[\u0000-\u001f]/.test(name)) throw illegalArgument("Action name must not contain control characters");
  if (name.length > 64) throw illegalArgument("Action name exceeds maximum length of 64 characters");
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    const allowed = "Only alphanumeric characters, hyphens, and underscores are allowed";
    throw illegalArgument(`Action name contains invalid characters. ${allowed}`);
  }
  if (!ACTION_TYPES.includes(name.toUpperCase())) return name;
  throw illegalArgument(`name can't be one of action type [${ACTION_TYPES.join(", ")}]`);
}

const RETRY_POLICIES = ["constant", "exponential_equal_jitter", "exponential_full_jitter"];

function readClientConfig(node: JsonNode, profile: Profile): ClientConfig {
  const config: ClientConfig = {
    max_connection: 30,
    connection_timeout: profile.connectorTimeoutSeconds,
    read_timeout: profile.connectorTimeoutSeconds,
    retry_backoff_millis: 200,
    retry_timeout_seconds: 30,
    max_retry_times: 0,
    retry_backoff_policy: "constant",
  };
  if (profile.knowsSkipSslVerification) config.skip_ssl_verification = false;
  for (const { name, value } of readObject(node)) {
    if (name === "retry_backoff_policy") config[name] = readRetryPolicy(readText(value));
    else if (name === "skip_ssl_verification" && name in config) config[name] = readBoolean(value);
    else if (name in config && name !== "skip_ssl_verification") config[name] = readInteger(value);
  }
  return config;
}

function readRetryPolicy(text: string): string {
  if (RETRY_POLICIES.includes(text.toLowerCase())) return text.toLowerCase();
  throw illegalArgument("Unsupported retry backoff policy");
}

/** What a new connector can't do without, in the order the server asks for it. */
export function checkComplete(connector: Connector): void {
  if (connector.name === undefined) throw illegalArgument("Connector name is null");
  if (connector.version === undefined) throw illegalArgument("Connector version is null");
  if (connector.protocol === undefined) throw illegalArgument("Connector protocol is null");
  if (Object.keys(connector.credential ?? {}).length === 0)
    throw illegalArgument("Connector credential is null or empty list");
}

export function checkProtocol(connector: Connector): void {
  const protocol = connector.protocol ?? "";
  if (!PROTOCOLS.includes(protocol)) throw illegalArgument(`Can't find class for type ${protocol}`);
  if (protocol === "aws_sigv4") checkAwsCredential(connector);
}

/** A connector that was turned into an AWS one can't even be read without its keys. Recorded. */
export function checkAwsCredential(connector: Connector): void {
  if (connector.protocol !== "aws_sigv4") return;
  const credential = connector.credential ?? {};
  if (!("access_key" in credential && "secret_key" in credential) && !("roleArn" in credential)) {
    throw illegalArgument("Missing credential");
  }
}

/** Every action's URL, after the connector's own parameters, must match a trusted expression as a whole. */
export function checkTrusted(connector: Connector, trusted: readonly string[]): void {
  if (!connector.actions) throw illegalArgument("No actions configured for this connector");
  for (const action of connector.actions)
    checkTrustedUrl(substitute(action.url, connector.parameters ?? {}, "parameters"), trusted);
}

export function checkTrustedUrl(url: string, trusted: readonly string[]): void {
  if (trusted.some((pattern) => javaPattern(pattern).test(url))) return;
  throw illegalArgument("Connector URL is not matching the trusted connector endpoint regex");
}

/** Merges an update: parameters by key, credential and actions whole. */
export function mergeConnector(before: Connector, update: Connector): Connector {
  const { parameters, credential, ...rest } = update;
  const hasCredential = credential !== undefined && Object.keys(credential).length > 0;
  return {
    ...before,
    ...rest,
    parameters: { ...before.parameters, ...parameters },
    // The stored document keeps the keys that an update doesn't name.
    credential: hasCredential ? { ...before.credential, ...credential } : before.credential,
  };
}

/** A connector as it is shown: without its credential. */
export function shownConnector(connector: Connector): Record<string, unknown> {
  const { name, version, description, protocol, parameters, actions, backend_roles, access } = connector;
  const { created_time, last_updated_time, client_config } = connector;
  const shown = {
    name,
    version,
    description,
    protocol,
    parameters,
    actions,
    backend_roles,
    access,
    created_time,
    last_updated_time,
  };
  return { ...shown, client_config };
}

/** `access` fields need security and access control. */
export function accessRefused(): ApiError {
  return illegalArgument(
    "You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster.",
  );
}
