import { type Core, pause } from "../core";
import { type ApiError, illegalArgument, parseError, statusError } from "../errors";
import {
  type ApiRequest,
  type ApiResponse,
  flagParameter,
  jsonBody,
  ok,
  optionalJsonBody,
  pathParameter,
} from "../http/request";
import { type DocumentIndex, writeAnswer } from "../index/documents";
import { readObject, readTexts } from "../json/read";
import { type Connector, checkTrusted } from "./connector-document";
import type { Connectors } from "./connectors";
import type { Deployment } from "./deployment";
import { type ModelGroups, missingIndex } from "./groups";
import { type Model, shownModel } from "./model-document";
import { type ModelInput, readModelInput } from "./model-input";
import { MODEL_INDEX } from "./system-indices";
import type { Tasks } from "./tasks";
import { checkRemoteInference, checkTexts } from "./validation";

/** `models/*` of ML Commons, but updates and predictions. */
export class Models {
  constructor(
    private readonly core: Core,
    private readonly groups: ModelGroups,
    private readonly connectors: Connectors,
    private readonly tasks: Tasks,
    private readonly deployment: Deployment,
  ) {}

  readonly register = async (request: ApiRequest): Promise<ApiResponse> => {
    const deploy = flagParameter(request, "deploy");
    const input = readModelInput(jsonBody(request), this.core, false);
    const name = checkRegistration(input);
    if (input.functionName !== "REMOTE") throw localModelRefused();
    checkRemoteInference(this.core);
    checkTexts(this.core, [
      { what: "Model name", text: name, required: true },
      { what: "Model description", text: input.description },
    ]);
    const connector = input.connectorId ? this.checkConnectorId(input.connectorId) : this.checkInline(input.connector);
    const groupId =
      input.modelGroupId ||
      this.groups.findByName(name) ||
      (await this.groups.create(name, { description: input.description }));
    const taskId = this.tasks.create("REGISTER_MODEL", { is_async: false, state: "CREATED" });
    const version = await this.countInto(groupId, taskId);
    if (connector && !connector.credential) await neverAnswered();
    const id = this.store(input, name, groupId, version, connector);
    this.tasks.update(taskId, { state: "COMPLETED", model_id: id });
    if (deploy) this.core.later(this.core.timings.registerToDeployMs, () => void this.deployRegistered(id));
    return ok({ task_id: taskId, status: "CREATED", model_id: id });
  };

  private checkConnectorId(id: string): undefined {
    if (!this.connectors.find(id)) throw statusError(404, `Failed to find connector:${id}`);
    return undefined;
  }

  private checkInline(connector: Connector | undefined): Connector {
    if (!connector)
      throw illegalArgument("You must provide connector content when creating a remote model without connector id!");
    if (!connector.actions?.some(({ action_type }) => action_type === "PREDICT")) {
      throw illegalArgument("Connector endpoint is required when creating a remote model without connector id!");
    }
    checkTrusted(connector, this.trusted());
    return connector;
  }

  private async countInto(groupId: string, taskId: string): Promise<number> {
    try {
      return await this.groups.nextVersion(groupId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.tasks.update(taskId, { state: "FAILED", error: reason });
      throw error;
    }
  }

  private store(
    input: ModelInput,
    name: string,
    groupId: string,
    version: number,
    inline: Connector | undefined,
  ): string {
    const now = Date.now();
    const { credential, ...connector } = inline ?? {};
    const model: Model = {
      model_version: String(version),
      created_time: now,
      last_updated_time: now,
      name,
      is_hidden: false,
      connector_id: input.connectorId,
      connector: inline && connector,
      inline_credential: credential,
      description: input.description,
      model_state: "REGISTERED",
      model_group_id: groupId,
      algorithm: "REMOTE",
      model_format: input.modelFormat,
      model_config: input.modelConfig,
      deploy_setting: input.deploySetting,
      is_enabled: input.isEnabled,
      rate_limiter: input.rateLimiter,
      guardrails: input.guardrails,
      interface: input.modelInterface,
    };
    return this.core.indices.ensure(MODEL_INDEX).put(undefined, { ...model }, { refresh: true }).document.id;
  }

  private async deployRegistered(id: string): Promise<void> {
    if (this.deployment.model(id)) await this.deployment.start(id);
  }

  readonly get = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const index = this.core.indices.get(MODEL_INDEX);
    if (!index) throw statusError(404, "Fail to find model");
    const document = index.get(id);
    if (!document) throw statusError(404, `Failed to find model with the provided model id: ${id}`);
    return ok(shownModel(document.source as unknown as Model));
  };

  readonly deploy = async (request: ApiRequest): Promise<ApiResponse> => {
    const nodeIds = idsIn(request, "node_ids");
    const id = pathParameter(request, "id");
    this.existing(id, 500);
    checkRemoteInference(this.core);
    if (nodeIds && nodeIds.length > 0) this.checkCustomPlan();
    const taskId = await this.deployment.start(id);
    return ok({ task_id: taskId, task_type: "DEPLOY_MODEL", status: "COMPLETED" });
  };

  readonly undeploy = async (request: ApiRequest): Promise<ApiResponse> => {
    const listed = idsIn(request, "model_ids");
    const own = request.params.id;
    const nodeIds = idsIn(request, "node_ids");
    if (nodeIds && nodeIds.length > 0) this.checkCustomPlan();
    const ids = listed && listed.length > 0 ? listed : own === undefined ? undefined : [own];
    if (!ids) throw illegalArgument("Must set specific model ids to undeploy");
    if (ids.length === 1) this.existing(ids[0] ?? "", 500);
    await pause(this.core.timings.writeMs);
    const stats = Object.fromEntries(ids.map((id) => [id, this.deployment.undeploy(id)]));
    return ok({ [this.core.node.nodeId]: { stats } });
  };

  readonly delete = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const index = this.core.indices.get(MODEL_INDEX);
    const model = this.deployment.model(id);
    if (!index || !model) throw statusError(404, "Failed to find model");
    if (model.model_state === "DEPLOYED" || model.model_state === "DEPLOYING") {
      throw statusError(
        400,
        "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete",
      );
    }
    this.core.loaded.remove(id);
    return ok(writeAnswer(MODEL_INDEX, index.delete(id)));
  };

  /** What a node really has in memory. */
  readonly profile = (request: ApiRequest): ApiResponse => {
    const wanted = request.params.id?.split(",");
    const ids = this.core.loaded.ids().filter((id) => !wanted || wanted.includes(id));
    if (ids.length === 0) return ok({});
    const { nodeId } = this.core.node;
    const shown = ids.map((id) => {
      const model = {
        model_state: this.deployment.model(id)?.model_state ?? "DEPLOYED",
        predictor: `org.opensearch.ml.engine.algorithms.remote.RemoteModel@${id}`,
      };
      return [id, { ...model, target_worker_nodes: [nodeId], worker_nodes: [nodeId], ...this.requestStats(id) }];
    });
    return ok({ nodes: { [nodeId]: { models: Object.fromEntries(shown) } } });
  };

  private requestStats(id: string): Record<string, unknown> {
    const count = this.core.loaded.get(id)?.predictions ?? 0;
    return count === 0 ? {} : { predict_request_stats: { count } };
  }

  private existing(id: string, statusWithoutIndex: number): DocumentIndex {
    const index = this.core.indices.get(MODEL_INDEX);
    if (!index) throw missingIndex(MODEL_INDEX, statusWithoutIndex);
    if (!index.get(id)) throw statusError(404, "Failed to find model");
    return index;
  }

  private checkCustomPlan(): void {
    if (this.core.settings.flag("plugins.ml_commons.allow_custom_deployment_plan")) return;
    throw illegalArgument("Don't allow custom deployment plan");
  }

  private trusted(): readonly string[] {
    return this.core.settings.list("plugins.ml_commons.trusted_connector_endpoints_regex");
  }
}

/** What the server's reader asks for; gives the name. */
function checkRegistration(input: ModelInput): string {
  if (input.name === undefined) throw illegalArgument("model name is null");
  if (input.functionName !== "REMOTE" && input.modelFormat === undefined) throw illegalArgument("model format is null");
  return input.name;
}

function localModelRefused(): ApiError {
  return parseError(
    "The emulator knows remote models only: use function_name remote, or a real OpenSearch for local models.",
  );
}

/** A bug of the real server: an inline connector without credential gets no answer at all. Recorded. */
function neverAnswered(): Promise<never> {
  return new Promise(() => undefined);
}

function idsIn(request: ApiRequest, field: string): string[] | undefined {
  const body = optionalJsonBody(request);
  if (!body) return undefined;
  const found = readObject(body).find(({ name }) => name === field);
  return found && readTexts(found.value);
}
