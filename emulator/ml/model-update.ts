import { type Core, pause } from "../core";
import { ApiError, parseError, statusError } from "../errors";
import { type ApiRequest, type ApiResponse, jsonBody, ok, pathParameter } from "../http/request";
import { writeAnswer } from "../index/documents";
import { type Connector, checkTrusted, mergeConnector } from "./connector-document";
import type { Deployment } from "./deployment";
import type { ModelGroups } from "./groups";
import { isDeployed, type Model } from "./model-document";
import { type ModelInput, readModelInput } from "./model-input";
import type { RateLimit } from "./rate-limiter";
import { GROUP_INDEX, MODEL_INDEX } from "./system-indices";
import { checkTexts } from "./validation";

/** `PUT models/<id>`: takes little for wrong, and reaches a deployed model without undeploying it. */
export class ModelUpdate {
  constructor(
    private readonly core: Core,
    private readonly groups: ModelGroups,
    private readonly deployment: Deployment,
  ) {}

  readonly update = async (request: ApiRequest): Promise<ApiResponse> => {
    if (request.body.length === 0) throw parseError("Update model request has empty body");
    const id = pathParameter(request, "id");
    const input = readUpdate(request, this.core);
    if (input.connectorId !== undefined && input.connector !== undefined) {
      throw statusError(
        400,
        "Model cannot have both stand-alone connector and internal connector. Please check your update input body.",
      );
    }
    checkTexts(this.core, [
      { what: "Model Name", text: input.name },
      { what: "Model Description", text: input.description },
    ]);
    const index = this.core.indices.get(MODEL_INDEX);
    const model = this.deployment.model(id);
    if (!index || !model) throw statusError(404, `Failed to find model to update with the provided model id: ${id}`);
    if (model.model_state === "DEPLOYING") {
      throw statusError(409, `Model is deploying. Please wait for the model to complete deployment. model ID ${id}`);
    }
    const patch = await this.patchOf(id, input, model);
    await pause(this.core.timings.writeMs);
    const result = index.patch(id, patch, { refresh: true });
    if (!result) throw statusError(404, `Failed to find model to update with the provided model id: ${id}`);
    if (isDeployed(model.model_state) && changesPredictor(input, model)) this.deployment.reload(id);
    return ok(writeAnswer(MODEL_INDEX, result));
  };

  private async patchOf(id: string, input: ModelInput, model: Model): Promise<Record<string, unknown>> {
    const patch: Record<string, unknown> = { model_id: id, last_updated_time: Date.now() };
    if (input.name !== undefined) patch.name = input.name;
    if (input.description !== undefined) patch.description = input.description;
    if (input.isEnabled !== undefined) patch.is_enabled = input.isEnabled;
    if (input.rateLimiter !== undefined) patch.rate_limiter = mergeLimit(model.rate_limiter, input.rateLimiter);
    if (input.deploySetting !== undefined) patch.deploy_setting = { ...model.deploy_setting, ...input.deploySetting };
    if (input.modelConfig !== undefined) patch.model_config = input.modelConfig;
    if (input.guardrails !== undefined) patch.guardrails = input.guardrails;
    if (input.modelInterface !== undefined) patch.interface = input.modelInterface;
    if (input.connectorId) patch.connector_id = standalone(model, input.connectorId);
    if (input.connector && !input.connectorId) Object.assign(patch, this.inlinePatch(model, input.connector));
    if (input.modelGroupId && input.modelGroupId !== model.model_group_id) {
      Object.assign(patch, await this.move(input.modelGroupId));
    }
    return patch;
  }

  private inlinePatch(model: Model, update: Connector): Record<string, unknown> {
    if (!model.connector) {
      throw statusError(
        400,
        "Cannot update connector settings for this model. The model was created with a connector_id and does not have an inline connector.",
      );
    }
    const merged = mergeConnector({ ...model.connector, credential: model.inline_credential }, update);
    checkTrusted(merged, this.core.settings.list("plugins.ml_commons.trusted_connector_endpoints_regex"));
    const { credential, ...connector } = merged;
    return { connector, inline_credential: credential };
  }

  private async move(groupId: string): Promise<Record<string, unknown>> {
    if (!this.core.indices.get(GROUP_INDEX)?.get(groupId)) {
      const problem = "Failed to find the model group with the provided model group id in the update model input";
      throw statusError(404, `${problem}, MODEL_GROUP_ID: ${groupId}`);
    }
    const version = await this.groups.nextVersion(groupId);
    return { model_group_id: groupId, model_version: String(version) };
  }
}

function readUpdate(request: ApiRequest, core: Core): ModelInput {
  try {
    return readModelInput(jsonBody(request), core, true);
  } catch (error) {
    // Updates turn the reader's illegal states into 400, registrations don't.
    if (error instanceof ApiError && error.detail.type === "illegal_state_exception") throw parseError(error.message);
    throw error;
  }
}

/** A missing connector is accepted: only the next deployment notices. Recorded. */
function standalone(model: Model, connectorId: string): string {
  if (model.connector_id) return connectorId;
  throw statusError(400, "This remote does not have a connector_id field, maybe it uses an internal connector.");
}

function mergeLimit(before: RateLimit | undefined, update: RateLimit): RateLimit {
  return { ...before, ...update };
}

/** Whether the server rebuilds what it has in memory, and so re-reads connector and settings. */
function changesPredictor(input: ModelInput, model: Model): boolean {
  const limit = input.rateLimiter;
  const newLimit =
    limit !== undefined &&
    ((limit.limit !== undefined && limit.limit !== model.rate_limiter?.limit) ||
      (limit.unit !== undefined && limit.unit !== model.rate_limiter?.unit));
  return (
    input.connector !== undefined ||
    Boolean(input.connectorId) ||
    input.isEnabled !== model.is_enabled ||
    input.guardrails !== undefined ||
    input.modelInterface !== undefined ||
    newLimit
  );
}
