import type { Core } from "../core";
import { illegalArgument } from "../errors";
import type { JsonNode } from "../json/parse";
import { plainValue, readArray, readBoolean, readInteger, readObject, readText } from "../json/read";
import { type Connector, checkProtocol, readConnectorInput } from "./connector-document";
import { type Guardrails, readGuardrails } from "./guardrails";
import { type RateLimit, readRateLimit } from "./rate-limiter";

/** What a registration or an update may say about a model. Fields that aren't named here are ignored, as the server does. */
export interface ModelInput {
  name?: string;
  description?: string;
  modelGroupId?: string;
  functionName?: string;
  modelFormat?: string;
  url?: string;
  isEnabled?: boolean;
  rateLimiter?: RateLimit;
  deploySetting?: Record<string, unknown>;
  modelConfig?: unknown;
  connector?: Connector;
  connectorId?: string;
  guardrails?: Guardrails;
  modelInterface?: Record<string, string>;
}

const FUNCTIONS = [
  "LINEAR_REGRESSION",
  "KMEANS",
  "AD_LIBSVM",
  "SAMPLE_ALGO",
  "LOCAL_SAMPLE_CALCULATOR",
  "FIT_RCF",
  "BATCH_RCF",
  "ANOMALY_LOCALIZATION",
  "RCF_SUMMARIZE",
  "LOGISTIC_REGRESSION",
  "TEXT_EMBEDDING",
  "METRICS_CORRELATION",
  "REMOTE",
  "SPARSE_ENCODING",
  "SPARSE_TOKENIZE",
  "TEXT_SIMILARITY",
  "QUESTION_ANSWERING",
  "AGENT",
  "CONNECTOR",
  "TOOL",
];
const FORMATS = ["TORCH_SCRIPT", "ONNX"];

/** A function's name in the server's letters. */
export function readFunctionName(text: string): string {
  const name = text.toUpperCase();
  if (FUNCTIONS.includes(name)) return name;
  throw illegalArgument("Wrong function name");
}

function readFormat(text: string): string {
  const format = text.toUpperCase();
  if (FORMATS.includes(format)) return format;
  throw illegalArgument("Wrong model format");
}

/** Reads a model's body field by field. `forUpdate` leaves out what only registrations know. */
export function readModelInput(node: JsonNode, core: Core, forUpdate: boolean): ModelInput {
  const input: ModelInput = {};
  for (const { name, value } of readObject(node)) readField(input, name, value, core, forUpdate);
  return input;
}

function readField(input: ModelInput, name: string, value: JsonNode, core: Core, forUpdate: boolean): void {
  switch (name) {
    case "name":
    case "description":
      input[name] = readText(value);
      return;
    case "model_group_id":
      input.modelGroupId = readText(value);
      return;
    case "connector_id":
      input.connectorId = readText(value);
      return;
    case "is_enabled":
      input.isEnabled = readBoolean(value);
      return;
    case "rate_limiter":
      input.rateLimiter = readRateLimit(value);
      return;
    case "deploy_setting":
      input.deploySetting = readDeploySetting(value);
      return;
    case "model_config":
      input.modelConfig = plainValue(value);
      return;
    case "guardrails":
      input.guardrails = readGuardrails(value);
      return;
    case "interface":
      input.modelInterface = readInterface(value);
      return;
    case "connector":
      input.connector = readInlineConnector(value, core, forUpdate);
      return;
    default:
      if (!forUpdate) readRegistrationField(input, name, value);
  }
}

function readRegistrationField(input: ModelInput, name: string, value: JsonNode): void {
  if (name === "function_name") input.functionName = readFunctionName(readText(value));
  if (name === "model_format") input.modelFormat = readFormat(readText(value));
  if (name === "url" || name === "version" || name === "model_content_hash_value") {
    const text = readText(value);
    if (name === "url") input.url = text;
  }
  if (name === "model_node_ids" || name === "backend_roles") readArray(value).map(readText);
}

function readInlineConnector(node: JsonNode, core: Core, forUpdate: boolean): Connector {
  const { connector } = readConnectorInput(node, core.profile);
  if (forUpdate) return connector;
  if (connector.protocol === undefined) throw illegalArgument("connector protocol is null");
  checkProtocol(connector);
  return connector;
}

function readDeploySetting(node: JsonNode): Record<string, unknown> {
  const setting: Record<string, unknown> = { model_ttl_minutes: -1 };
  for (const { name, value } of readObject(node)) {
    if (name === "is_auto_deploy_enabled") setting[name] = readBoolean(value);
    if (name === "model_ttl_minutes") setting[name] = readInteger(value);
  }
  return setting;
}

function readInterface(node: JsonNode): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const { name, value } of readObject(node)) {
    if (name !== "input" && name !== "output") continue;
    shown[name] = value.kind === "string" ? value.text : JSON.stringify(plainValue(value));
  }
  return shown;
}
