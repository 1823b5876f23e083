import type { Core } from "../core";
import { ApiError, statusError } from "../errors";
import { type ApiRequest, type ApiResponse, ok, pathParameter } from "../http/request";
import { writeAnswer } from "../index/documents";
import { missingIndex } from "./groups";
import { TASK_INDEX } from "./system-indices";

/** `tasks/*` of ML Commons, and the records of registrations and deployments. */
export class Tasks {
  constructor(private readonly core: Core) {}

  create(
    type: "REGISTER_MODEL" | "DEPLOY_MODEL",
    fields: { model_id?: string; is_async: boolean; state: string },
  ): string {
    const now = Date.now();
    const source = {
      last_update_time: now,
      create_time: now,
      is_async: fields.is_async,
      function_name: "REMOTE",
      worker_node: [this.core.node.nodeId],
      state: fields.state,
      model_id: fields.model_id,
      task_type: type,
    };
    return this.core.indices.ensure(TASK_INDEX).put(undefined, source, { refresh: true }).document.id;
  }

  update(id: string, patch: { state: string; model_id?: string; error?: string }): void {
    const index = this.core.indices.get(TASK_INDEX);
    index?.patch(id, { ...patch, last_update_time: Date.now() }, { refresh: true });
  }

  readonly get = (request: ApiRequest): ApiResponse => {
    const document = this.core.indices.get(TASK_INDEX)?.get(pathParameter(request, "id"));
    if (!document) throw statusError(404, "Failed to find task");
    const { model_id, task_type, function_name, state, worker_node } = document.source;
    const { create_time, last_update_time, error, is_async } = document.source;
    return ok({
      model_id,
      task_type,
      function_name,
      state,
      worker_node,
      create_time,
      last_update_time,
      error,
      is_async,
    });
  };

  readonly delete = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const index = this.core.indices.get(TASK_INDEX);
    if (!index) throw wrapped(missingIndex(TASK_INDEX, 404));
    const document = index.get(id);
    if (!document) throw statusError(404, "Failed to find task");
    if (document.source.state === "RUNNING") {
      throw new ApiError(500, {
        type: "exception",
        reason: "Task cannot be deleted in running state. Try after some time.",
      });
    }
    return ok(writeAnswer(TASK_INDEX, index.delete(id)));
  };
}

function wrapped(cause: ApiError): ApiError {
  const detail = { type: "status_exception", reason: "Failed to find task", causedBy: cause.detail };
  return new ApiError(404, detail, cause.rootCause);
}
