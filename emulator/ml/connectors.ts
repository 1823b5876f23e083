import { type Core, pause } from "../core";
import { ApiError, parseError, statusError } from "../errors";
import { type ApiRequest, type ApiResponse, jsonBody, ok, pathParameter } from "../http/request";
import { type DocumentIndex, type StoredDocument, writeAnswer } from "../index/documents";
import { tokens } from "../index/query";
import {
  accessRefused,
  type Connector,
  type ConnectorInput,
  checkAwsCredential,
  checkComplete,
  checkProtocol,
  checkTrusted,
  mergeConnector,
  readConnectorInput,
  shownConnector,
} from "./connector-document";
import { CONNECTOR_INDEX, MODEL_INDEX } from "./system-indices";
import { checkRemoteInference, checkTexts } from "./validation";

/** How many users of a connector a refusal names: the size of a default search. */
const SHOWN_USERS = 10;

/** `connectors/*` of ML Commons. */
export class Connectors {
  constructor(private readonly core: Core) {}

  readonly create = async (request: ApiRequest): Promise<ApiResponse> => {
    checkRemoteInference(this.core);
    const input = readConnectorInput(jsonBody(request), this.core.profile);
    const { connector } = input;
    if (input.dryRun) return ok({ connector_id: "dryRunConnector" });
    checkComplete(connector);
    checkTexts(this.core, [
      { what: "Model connector name", text: connector.name, required: true },
      { what: "Model connector description", text: connector.description },
    ]);
    checkProtocol(connector);
    checkTrusted(connector, this.trusted());
    this.checkAccessFields(input);
    await pause(this.core.timings.writeMs);
    const now = Date.now();
    const source = { ...connector, created_time: now, last_updated_time: now };
    const { document } = this.core.indices.ensure(CONNECTOR_INDEX).put(undefined, source, { refresh: true });
    return ok({ connector_id: document.id });
  };

  readonly get = (request: ApiRequest): ApiResponse => {
    const { connector } = this.read(pathParameter(request, "id"));
    return ok(shownConnector(connector));
  };

  readonly update = async (request: ApiRequest): Promise<ApiResponse> => {
    checkRemoteInference(this.core);
    if (request.body.length === 0) throw parseError("Failed to update connector: Request body is empty");
    const id = pathParameter(request, "id");
    const input = readUpdate(request, this.core);
    checkTexts(this.core, [
      { what: "Model connector name", text: input.connector.name },
      { what: "Model connector description", text: input.connector.description },
    ]);
    const { index, connector } = this.read(id);
    const merged = mergeConnector(connector, input.connector);
    checkTrusted(merged, this.trusted());
    const users = this.usersOf(id).filter((user) => this.core.loaded.has(user.id));
    if (users.length > 0) throw inUse(400, users, "undeploy");
    await pause(this.core.timings.writeMs);
    const result = index.put(id, { ...merged, last_updated_time: Date.now() }, { refresh: true });
    return ok(writeAnswer(CONNECTOR_INDEX, result));
  };

  readonly delete = (request: ApiRequest): ApiResponse => {
    const id = pathParameter(request, "id");
    const users = this.usersOf(id);
    if (users.length > 0) throw inUse(409, users, "delete or update");
    const index = this.core.indices.get(CONNECTOR_INDEX);
    if (!index) throw statusError(404, "Failed to find connector");
    return ok(writeAnswer(CONNECTOR_INDEX, index.delete(id)));
  };

  /** The stored connector, or undefined. */
  find(id: string): Connector | undefined {
    return this.core.indices.get(CONNECTOR_INDEX)?.get(id)?.source as Connector | undefined;
  }

  private read(id: string): { index: DocumentIndex; connector: Connector } {
    const index = this.core.indices.get(CONNECTOR_INDEX);
    if (!index) throw statusError(404, "Failed to find connector");
    const connector = index.get(id)?.source as Connector | undefined;
    if (!connector) throw statusError(404, `Failed to find connector with the provided connector id: ${id}`);
    checkAwsCredential(connector);
    return { index, connector };
  }

  /** Models that name a connector, as the server finds them: a full-text search on the id, cut at `-`. */
  private usersOf(id: string): StoredDocument[] {
    const words = tokens(id);
    const models = this.core.indices.get(MODEL_INDEX)?.search() ?? [];
    return models.filter(({ source }) => {
      const used = typeof source.connector_id === "string" ? tokens(source.connector_id) : [];
      return used.some((word) => words.includes(word));
    });
  }

  private trusted(): readonly string[] {
    return this.core.settings.list("plugins.ml_commons.trusted_connector_endpoints_regex");
  }

  private checkAccessFields({ connector, addAllBackendRoles }: ConnectorInput): void {
    const anyAccess =
      connector.access !== undefined || addAllBackendRoles !== undefined || (connector.backend_roles?.length ?? 0) > 0;
    if (
      !anyAccess ||
      (this.core.secured && this.core.settings.flag("plugins.ml_commons.connector_access_control_enabled"))
    )
      return;
    throw accessRefused();
  }
}

function readUpdate(request: ApiRequest, core: Core): ConnectorInput {
  try {
    return readConnectorInput(jsonBody(request), core.profile);
  } catch (error) {
    // Updates turn the reader's illegal states into 400, creations don't.
    if (error instanceof ApiError && error.detail.type === "illegal_state_exception") throw parseError(error.message);
    throw error;
  }
}

function inUse(status: number, users: readonly StoredDocument[], what: string): ApiError {
  const shown = users.slice(0, SHOWN_USERS);
  const ids = shown.map(({ id }) => id).join(", ");
  const problem = `${shown.length} models are still using this connector, please ${what} the models first: [${ids}]`;
  return statusError(status, problem);
}
