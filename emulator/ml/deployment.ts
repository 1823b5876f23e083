import { type Core, pause } from "../core";
import { ApiError, statusError } from "../errors";
import type { WriteResult } from "../index/documents";
import type { Connector } from "./connector-document";
import type { Connectors } from "./connectors";
import type { LoadedModel } from "./loaded-models";
import type { Model } from "./model-document";
import { RateLimiter } from "./rate-limiter";
import { MODEL_INDEX } from "./system-indices";
import type { Tasks } from "./tasks";

/**
 * Moves models between REGISTERED, DEPLOYING, DEPLOYED, DEPLOY_FAILED and UNDEPLOYED, with the server's delays: the
 * call answers first, the state follows, the task last.
 */
export class Deployment {
  constructor(
    private readonly core: Core,
    private readonly connectors: Connectors,
    private readonly tasks: Tasks,
  ) {}

  /** Starts a deployment and gives its task's id; the rest goes on behind. */
  async start(id: string): Promise<string> {
    const taskId = this.tasks.create("DEPLOY_MODEL", { model_id: id, is_async: true, state: "CREATED" });
    const { nodeId } = this.core.node;
    const started = this.write(id, {
      model_state: "DEPLOYING",
      planning_worker_node_count: 1,
      planning_worker_nodes: [nodeId],
      deploy_to_all_nodes: true,
    });
    if (!started) return taskId;
    const problem = this.loadForDeployment(id);
    await pause(this.core.timings.deployAnswerMs);
    this.tasks.update(taskId, { state: "RUNNING" });
    const { deployingMs, taskSettledMs } = this.core.timings;
    this.core.later(deployingMs, () => {
      const failure = problem ?? this.finish(id, started.document.seqNo);
      if (failure) this.write(id, { model_state: "DEPLOY_FAILED", current_worker_node_count: 0 });
      this.core.later(Math.max(0, taskSettledMs - deployingMs), () => {
        const error = failure && JSON.stringify({ [nodeId]: failure });
        this.tasks.update(taskId, error ? { state: "FAILED", error } : { state: "COMPLETED" });
      });
    });
    return taskId;
  }

  /** Says why it failed, or undefined. */
  private finish(id: string, startedSeqNo: number): string | undefined {
    const patch = {
      model_state: "DEPLOYED",
      last_deployed_time: Date.now(),
      auto_redeploy_retry_times: 0,
      planning_worker_node_count: 1,
      current_worker_node_count: 1,
      planning_worker_nodes: [this.core.node.nodeId],
      deploy_to_all_nodes: true,
    } as const;
    try {
      // Another write since the start is the server's version conflict, though the model is loaded and predicts.
      this.write(id, patch, startedSeqNo);
      return undefined;
    } catch (error) {
      return error instanceof ApiError ? error.message : String(error);
    }
  }

  private loadForDeployment(id: string): string | undefined {
    const fault = this.core.faults.deployFailure(id);
    if (fault) return fault;
    // A model that is loaded already stays as it is: deploying again re-reads nothing.
    if (this.core.loaded.has(id)) return undefined;
    try {
      this.load(id);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Reads model, connector and settings into memory; predictions use these copies until the next load. */
  load(id: string): LoadedModel {
    const model = this.model(id);
    if (!model) throw statusError(404, "Failed to find model");
    const { settings } = this.core;
    const loaded: LoadedModel = {
      modelId: id,
      connector: this.connectorOf(model),
      privateAddressesAllowed: settings.flag("plugins.ml_commons.connector.private_ip_enabled"),
      trustedEndpoints: settings.list("plugins.ml_commons.trusted_connector_endpoints_regex"),
      guardrails: model.guardrails,
      rateLimiter: RateLimiter.of(model.rate_limiter),
      enabled: model.is_enabled !== false,
      predictions: 0,
    };
    this.core.loaded.set(loaded);
    return loaded;
  }

  private connectorOf(model: Model): Connector {
    if (model.connector) return { ...model.connector, credential: model.inline_credential };
    const connector = this.connectors.find(model.connector_id ?? "");
    if (!connector) throw statusError(404, `Failed to find connector:${model.connector_id}`);
    return connector;
  }

  /** Brings a changed model into memory. Failures only show in predictions, which go on with the old copy. */
  reload(id: string): void {
    this.core.later(this.core.timings.swapMs, () => {
      if (!this.core.loaded.has(id)) return;
      try {
        this.load(id);
      } catch {
        // The server logs it and keeps the old predictor; so do we.
      }
    });
  }

  /** Takes a model out of memory and says how its node puts it. */
  undeploy(id: string): "undeployed" | "not_found" {
    const wasLoaded = this.core.loaded.remove(id);
    const patch = { model_state: "UNDEPLOYED", planning_worker_node_count: 0, current_worker_node_count: 0 };
    this.write(id, { ...patch, planning_worker_nodes: undefined });
    const state = this.core.faults.stateAfterUndeploy(id);
    if (state) this.write(id, { model_state: state });
    return wasLoaded ? "undeployed" : "not_found";
  }

  model(id: string): Model | undefined {
    return this.core.indices.get(MODEL_INDEX)?.get(id)?.source as Model | undefined;
  }

  /** After a restart: models that were DEPLOYED, or on their way, are loaded again, a while later. */
  redeployStored(): void {
    if (!this.core.settings.flag("plugins.ml_commons.model_auto_redeploy.enable")) return;
    for (const { id, source } of this.core.indices.get(MODEL_INDEX)?.search() ?? []) {
      if (!isMeantToRun(source.model_state)) continue;
      this.core.later(this.core.timings.autoRedeployMs, () => {
        if (!this.core.loaded.has(id) && isMeantToRun(this.model(id)?.model_state)) void this.start(id);
      });
    }
  }

  private write(id: string, patch: Record<string, unknown>, ifSeqNo?: number): WriteResult | undefined {
    const index = this.core.indices.get(MODEL_INDEX);
    return index?.patch(id, { ...patch, last_updated_time: Date.now() }, { ifSeqNo });
  }
}

function isMeantToRun(state: unknown): boolean {
  return state === "DEPLOYED" || state === "DEPLOYING";
}
