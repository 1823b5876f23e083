import { type Core, pause } from "../core";
import { ApiError, type ErrorDetail, illegalArgument, indexNotFoundDetail, nullPointer, statusError } from "../errors";
import { type ApiRequest, type ApiResponse, jsonBody, ok, pathParameter } from "../http/request";
import { writeAnswer } from "../index/documents";
import { readBoolean, readObject, readText, readTexts } from "../json/read";
import { GROUP_INDEX, MODEL_INDEX } from "./system-indices";
import { checkTexts } from "./validation";

interface GroupInput {
  name?: string;
  description?: string;
  accessMode?: string;
  backendRoles?: string[];
  addAllBackendRoles?: boolean;
}

const ACCESS_MODES = ["public", "private", "restricted"];

/** `model_groups/*` of ML Commons. */
export class ModelGroups {
  constructor(private readonly core: Core) {}

  readonly register = async (request: ApiRequest): Promise<ApiResponse> => {
    const input = readInput(request);
    if (input.name === undefined) throw nullPointer("model group name must not be null");
    checkTexts(this.core, [
      { what: "Model group name", text: input.name, required: true },
      { what: "Model group description", text: input.description },
    ]);
    const id = await this.create(input.name, input);
    return ok({ model_group_id: id, status: "CREATED" });
  };

  /** Makes a group; used by registrations without one, too. */
  async create(name: string, input: GroupInput): Promise<string> {
    // The server searches, then writes: parallel requests with one name all pass.
    const owner = this.findByName(name);
    await pause(this.core.timings.writeMs);
    if (owner) throw illegalArgument(`The name you provided is already being used by a model group with ID: ${owner}.`);
    this.checkAccessFields(input);
    const now = Date.now();
    const source = {
      created_time: now,
      access: "public",
      latest_version: 0,
      last_updated_time: now,
      name,
      description: input.description,
    };
    return this.index().put(undefined, source, { refresh: true }).document.id;
  }

  /** The id of the group with exactly this name. */
  findByName(name: string): string | undefined {
    return this.core.indices
      .get(GROUP_INDEX)
      ?.search()
      .find(({ source }) => source.name === name)?.id;
  }

  readonly get = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const index = this.core.indices.get(GROUP_INDEX);
    if (!index) throw statusError(404, "Failed to find model group index");
    const document = index.get(id);
    if (!document) throw missing(id);
    const { name, latest_version, description, access, created_time, last_updated_time } = document.source;
    return ok({ name, latest_version, description, access, created_time, last_updated_time });
  };

  readonly update = async (request: ApiRequest): Promise<ApiResponse> => {
    const id = pathParameter(request, "id");
    if (request.body.length === 0) {
      throw new ApiError(500, { type: "i_o_exception", reason: "Model group request has empty body" });
    }
    const input = readInput(request);
    checkTexts(this.core, [
      { what: "Model group name", text: input.name },
      { what: "Model group description", text: input.description },
    ]);
    const index = this.core.indices.get(GROUP_INDEX);
    if (!index) throw statusError(404, "Failed to find model group");
    const document = index.get(id);
    if (!document) throw missing(id);
    this.checkAccessFields(input);
    const patch: Record<string, unknown> = { last_updated_time: Date.now() };
    if (isSet(input.description)) patch.description = input.description;
    if (isSet(input.name) && input.name !== document.source.name) {
      const owner = this.findByName(input.name);
      if (owner) {
        const problem = `The name you provided is already being used by another model with ID: ${owner}`;
        throw illegalArgument(`${problem}. Please provide a different name`);
      }
      patch.name = input.name;
    }
    await pause(this.core.timings.writeMs);
    index.patch(id, patch, { refresh: true });
    return ok({ status: "Updated" });
  };

  readonly delete = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const models = this.core.indices.get(MODEL_INDEX)?.search() ?? [];
    if (models.some(({ source }) => source.model_group_id === id)) {
      throw statusError(409, "Cannot delete the model group when it has associated model versions");
    }
    const index = this.core.indices.get(GROUP_INDEX);
    if (!index) throw statusError(404, "Failed to find model group");
    return ok(writeAnswer(GROUP_INDEX, index.delete(id)));
  };

  /** Counts one more model into a group: read, wait, write if nobody else wrote. Parallel callers get the server's 409. */
  async nextVersion(id: string): Promise<number> {
    const index = this.core.indices.get(GROUP_INDEX);
    if (!index) throw statusError(404, "Model group not found");
    const document = index.get(id);
    if (!document) {
      throw new ApiError(500, {
        type: "m_l_resource_not_found_exception",
        reason: `Model Group Response is empty for ${id}`,
      });
    }
    const version = Number(document.source.latest_version) + 1;
    await pause(this.core.timings.writeMs);
    try {
      const patch = { latest_version: version, last_updated_time: Date.now() };
      index.patch(id, patch, { refresh: true, ifSeqNo: document.seqNo });
    } catch (error) {
      throw error instanceof ApiError ? conflict(id, error.detail) : error;
    }
    return version;
  }

  private index() {
    return this.core.indices.ensure(GROUP_INDEX);
  }

  private checkAccessFields(input: GroupInput): void {
    const anyAccess =
      input.accessMode !== undefined || input.addAllBackendRoles !== undefined || (input.backendRoles?.length ?? 0) > 0;
    // With security and access control on, the fields are taken; the emulator doesn't enforce them.
    if (!anyAccess || (this.core.secured && this.core.settings.flag("plugins.ml_commons.model_access_control_enabled")))
      return;
    throw illegalArgument(
      "You cannot specify model access control parameters because the Security plugin or model access control is disabled on your cluster.",
    );
  }
}

function readInput(request: ApiRequest): GroupInput {
  const input: GroupInput = {};
  for (const { name, value } of readObject(jsonBody(request))) {
    if (name === "name") input.name = readText(value);
    if (name === "description") input.description = readText(value);
    if (name === "backend_roles") input.backendRoles = readTexts(value);
    if (name === "add_all_backend_roles") input.addAllBackendRoles = readBoolean(value);
    if (name === "access_mode") input.accessMode = knownMode(readText(value).toLowerCase());
  }
  return input;
}

/** An unknown mode counts as none. Recorded. */
function knownMode(mode: string): string | undefined {
  return ACCESS_MODES.includes(mode) ? mode : undefined;
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

function missing(id: string): ApiError {
  return statusError(404, `Failed to find model group with the provided model group id: ${id}`);
}

function conflict(id: string, cause: ErrorDetail): ApiError {
  const reason = `Document version conflict updating ${id} in index ${GROUP_INDEX}`;
  return new ApiError(409, { type: "status_exception", reason, causedBy: cause }, cause);
}

/** The answer to a read of an index of ML Commons that isn't there yet. */
export function missingIndex(index: string, status: number): ApiError {
  const cause = indexNotFoundDetail(index, "index_expression");
  const detail = { type: "status_exception", reason: `Failed to get data object from index ${index}`, causedBy: cause };
  return new ApiError(status, detail, cause);
}
