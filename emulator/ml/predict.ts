import type { Core } from "../core";
import { ApiError, illegalArgument, illegalState, statusError } from "../errors";
import { type ApiRequest, type ApiResponse, jsonBody, ok, pathParameter } from "../http/request";
import { type Connector, type ConnectorAction, checkTrustedUrl } from "./connector-document";
import type { Deployment } from "./deployment";
import { missingIndex } from "./groups";
import { enforceGuardrail } from "./guardrails";
import type { LoadedModel } from "./loaded-models";
import { readFunctionName } from "./model-input";
import { checkFilled, createPayload, escapeParameters } from "./payload";
import { type PredictInput, readPredictInput } from "./predict-input";
import { checkAddress } from "./private-address";
import { oneTextPerRequest, preProcess } from "./process-functions";
import { callRemote } from "./remote-call";
import { checkRemoteStatus, readRemoteBody } from "./remote-response";
import { withRetries } from "./retry";
import { MODEL_INDEX } from "./system-indices";
import { substitute } from "./template";
import { checkRemoteInference } from "./validation";

/** `_predict`: fills the connector's template and really calls its URL. */
export class Predict {
  constructor(
    private readonly core: Core,
    private readonly deployment: Deployment,
  ) {}

  readonly predict = (request: ApiRequest): Promise<ApiResponse> => this.run(request, "PREDICT");

  readonly batchPredict = (request: ApiRequest): Promise<ApiResponse> => this.run(request, "BATCH_PREDICT");

  /** A plain server's HTTP layer can't stream. Recorded. */
  readonly stream = (request: ApiRequest): never => {
    throw illegalState(
      `The engine does not support HTTP streaming, unable to serve uri [${request.uri}] and method [${request.method}]`,
    );
  };

  private async run(request: ApiRequest, action: string): Promise<ApiResponse> {
    const id = pathParameter(request, "id");
    const wasLoaded = this.core.loaded.has(id);
    const input = wasLoaded ? this.readLoaded(request, action) : this.readUnloaded(request, id, action);
    const loaded = this.core.loaded.get(id) ?? this.autoDeploy(id);
    // On the prediction that loads a model the server doesn't ask whether it is enabled. Recorded.
    if (wasLoaded && !loaded.enabled) throw statusError(403, "Model is disabled.");
    loaded.predictions++;
    const outputs = await Promise.all(this.chunks(loaded.connector, input).map((chunk) => this.invoke(loaded, chunk)));
    return ok({ inference_results: outputs });
  }

  private readLoaded(request: ApiRequest, action: string): PredictInput {
    checkRemoteInference(this.core);
    return readPredictInput(functionName(request), jsonBody(request), action);
  }

  /** For a model that isn't in memory everything that goes wrong while reading is a 404. Recorded and read in source. */
  private readUnloaded(request: ApiRequest, id: string, action: string): PredictInput {
    const index = this.core.indices.get(MODEL_INDEX);
    if (!index) throw missingIndex(MODEL_INDEX, 404);
    if (!index.get(id)) throw statusError(404, "Failed to find model");
    try {
      checkRemoteInference(this.core);
      return readPredictInput(functionName(request), jsonBody(request), action);
    } catch (error) {
      throw error instanceof ApiError ? new ApiError(404, error.detail, error.rootCause) : error;
    }
  }

  private autoDeploy(id: string): LoadedModel {
    if (!this.core.settings.flag("plugins.ml_commons.model_auto_deploy.enable")) {
      throw illegalArgument("Model not ready yet. Please deploy the model first.");
    }
    const model = this.deployment.model(id);
    if (model?.deploy_setting?.is_auto_deploy_enabled === false) {
      throw illegalArgument(`Auto deployment disabled for this model, please deploy model first Model ID: ${id}`);
    }
    void this.deployment.start(id);
    return this.core.loaded.get(id) ?? this.deployment.load(id);
  }

  private chunks(connector: Connector, input: PredictInput): PredictInput[] {
    if (input.kind !== "texts") return [input];
    const { texts } = input;
    const step = connector.parameters?.input_docs_processed_step_size;
    const size = step === undefined ? this.defaultChunk(connector, texts.length) : Number.parseInt(step, 10);
    if (!(size > 0))
      throw illegalArgument("Invalid parameter: input_docs_processed_step_size. It must be positive integer.");
    const starts = Array.from({ length: Math.ceil(texts.length / size) }, (_, index) => index * size);
    return starts.map((start) => ({ ...input, texts: texts.slice(start, start + size) }));
  }

  private defaultChunk(connector: Connector, length: number): number {
    return oneTextPerRequest(actionOf(connector, "PREDICT").pre_process_function) ? 1 : length;
  }

  private async invoke(loaded: LoadedModel, input: PredictInput): Promise<unknown> {
    const { connector } = loaded;
    const action = actionOf(connector, input.kind === "parameters" ? input.action : "PREDICT");
    const given = preProcess(action.pre_process_function, input);
    const parameters = { ...connector.parameters, ...(given && escapeParameters(given)) };
    const payload = createPayload(action, parameters);
    checkFilled(payload, parameters);
    loaded.rateLimiter?.take();
    enforceGuardrail(loaded.guardrails, "input", payload ?? "");
    const answer = await this.call(loaded, action, parameters, payload);
    enforceGuardrail(loaded.guardrails, "output", answer.body);
    const { profile } = this.core;
    const rules = {
      profile,
      postProcessFunction: action.post_process_function,
      responseFilter: parameters.response_filter,
    };
    return { output: readRemoteBody(answer.body, rules), status_code: answer.status };
  }

  private async call(
    loaded: LoadedModel,
    action: ConnectorAction,
    parameters: Record<string, string>,
    payload: string | undefined,
  ) {
    const { profile, settings } = this.core;
    const address = substitute(action.url, parameters, "parameters");
    if (profile.checksTrustAtPredict) checkTrustedUrl(address, loaded.trustedEndpoints);
    const method = action.method.toUpperCase();
    checkMethod(method, payload, profile.knowsActionNames);
    const url = readUrl(address);
    const privateEndpoints = profile.knowsPrivateEndpointList
      ? settings.list("plugins.ml_commons.trusted_connector_private_endpoints_regex")
      : [];
    await checkAddress(url, { privateAddressesAllowed: loaded.privateAddressesAllowed, privateEndpoints });
    const config = loaded.connector.client_config;
    const seconds = (name: string) => Number(config?.[name] ?? profile.connectorTimeoutSeconds);
    const call = {
      url,
      method,
      headers: headersOf(loaded.connector, action),
      payload: method === "GET" ? undefined : payload,
      connectTimeoutMs: seconds("connection_timeout") * 1000,
      readTimeoutMs: seconds("read_timeout") * 1000,
      skipTlsVerify: config?.skip_ssl_verification === true,
    };
    const answer = await withRetries(config, () => this.core.faults.backend(loaded.modelId, () => callRemote(call)));
    checkRemoteStatus(answer, profile);
    return answer;
  }
}

function functionName(request: ApiRequest): string {
  const given = request.params.algorithm;
  return given === undefined ? "REMOTE" : readFunctionName(given);
}

function actionOf(connector: Connector, type: string): ConnectorAction {
  const action = connector.actions?.find(({ action_type }) => action_type === type);
  if (!action) throw illegalArgument(`no ${type} action found`);
  return action;
}

/** Headers are filled when the model is loaded: a caller's parameters don't reach them. Recorded. */
function headersOf(connector: Connector, action: ConnectorAction): Record<string, string> {
  const entries = Object.entries(action.headers ?? {}).map(([name, value]) => {
    const withCredential = substitute(value, connector.credential ?? {}, "credential");
    return [name, substitute(withCredential, connector.parameters ?? {}, "parameters")];
  });
  return Object.fromEntries(entries);
}

function checkMethod(method: string, payload: string | undefined, laterVersion: boolean): void {
  const known = laterVersion ? ["POST", "GET", "PUT", "DELETE"] : ["POST", "GET"];
  if (!known.includes(method)) throw illegalArgument("unsupported http method");
  if (method === "POST" && !payload) throw illegalArgument("Content length is 0. Aborting request to remote model");
}

/** Reads a URL as strictly as Java does: a backslash, as escaping puts before `/`, is an error. */
function readUrl(address: string): URL {
  const illegal = /[\\\s"<>^`{|}]/.exec(address);
  const problem =
    "Encountered error when trying to create uri from endpoint in ml connector. Please update the endpoint in connection configuration: ";
  if (illegal) {
    const reason = `Illegal character in ${illegal.index > 8 ? "path" : "authority"} at index ${illegal.index}: ${address}`;
    throw illegalArgument(problem, { type: "illegal_argument_exception", reason });
  }
  try {
    return new URL(address);
  } catch {
    const reason = "Invalid URI. Please check if the endpoint is valid from connector.";
    throw illegalArgument(problem, { type: "illegal_argument_exception", reason });
  }
}
