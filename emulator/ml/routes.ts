import type { Core } from "../core";
import { parseError } from "../errors";
import { type ApiRequest, type ApiResponse, ok, optionalJsonBody } from "../http/request";
import type { Route } from "../http/router";
import { search } from "../index/search";
import { Connectors } from "./connectors";
import { Deployment } from "./deployment";
import { ModelGroups } from "./groups";
import { ModelUpdate } from "./model-update";
import { Models } from "./models";
import { Predict } from "./predict";
import { AGENT_INDEX, CONNECTOR_INDEX, GROUP_INDEX, HIDDEN_FIELDS, MODEL_INDEX, TASK_INDEX } from "./system-indices";
import { Tasks } from "./tasks";

const ML = "/_plugins/_ml";
const ACTION = "cluster:admin/opensearch/ml";

/** The routes of ML Commons for remote models, with the action name each one asks permission for. */
export function mlRoutes(core: Core): { routes: Route[]; deployment: Deployment } {
  const groups = new ModelGroups(core);
  const connectors = new Connectors(core);
  const tasks = new Tasks(core);
  const deployment = new Deployment(core, connectors, tasks);
  const models = new Models(core, groups, connectors, tasks, deployment);
  const update = new ModelUpdate(core, groups, deployment);
  const predict = new Predict(core, deployment);
  const searchIn = (index: string) => (request: ApiRequest) => searchMl(core, index, request);

  const read = (method: string, path: string, action: string, handler: Route["handler"]): Route => {
    return { method, pattern: ML + path, handler, action: `${ACTION}/${action}`, right: "read" };
  };
  const write = (
    method: string,
    path: string,
    action: string,
    handler: Route["handler"],
    parameters?: string[],
  ): Route => {
    return { method, pattern: ML + path, handler, action: `${ACTION}/${action}`, right: "write", parameters };
  };
  const searches = (path: string, action: string, index: string): Route[] =>
    ["GET", "POST"].map((method) => ({
      ...read(method, `${path}/_search`, action, searchIn(index)),
      parameters: SEARCH_PARAMETERS,
    }));

  const routes: Route[] = [
    write("POST", "/model_groups/_register", "register_model_group", groups.register),
    read("GET", "/model_groups/{id}", "model_groups/get", groups.get),
    write("PUT", "/model_groups/{id}", "update_model_group", groups.update),
    write("DELETE", "/model_groups/{id}", "model_groups/delete", groups.delete),
    ...searches("/model_groups", "model_groups/search", GROUP_INDEX),

    write("POST", "/connectors/_create", "create_connector", connectors.create),
    read("GET", "/connectors/{id}", "connectors/get", connectors.get),
    write("PUT", "/connectors/{id}", "connectors/update", connectors.update),
    write("DELETE", "/connectors/{id}", "connectors/delete", connectors.delete),
    ...searches("/connectors", "connectors/search", CONNECTOR_INDEX),

    write("POST", "/models/_register", "register_model", models.register, ["deploy"]),
    read("GET", "/models/{id}", "models/get", models.get),
    write("PUT", "/models/{id}", "models/update_model", update.update),
    write("DELETE", "/models/{id}", "models/delete", models.delete),
    write("POST", "/models/{id}/_deploy", "deploy_model", models.deploy),
    write("POST", "/models/{id}/_undeploy", "undeploy_models", models.undeploy),
    write("POST", "/models/_undeploy", "undeploy_models", models.undeploy),
    ...searches("/models", "models/search", MODEL_INDEX),

    write("POST", "/models/{id}/_predict", "predict", predict.predict),
    write("POST", "/models/{id}/_batch_predict", "predict", predict.batchPredict),
    ...(core.profile.knowsStreamRoute
      ? [write("POST", "/models/{id}/_predict/stream", "predict", predict.stream)]
      : []),
    write("POST", "/_predict/{algorithm}/{id}", "predict", predict.predict),

    read("GET", "/tasks/{id}", "tasks/get", tasks.get),
    write("DELETE", "/tasks/{id}", "tasks/delete", tasks.delete),
    ...searches("/tasks", "tasks/search", TASK_INDEX),
    // Agents themselves are not emulated; a client that looks for them finds none, as on a server without any.
    ...searches("/agents", "agents/search", AGENT_INDEX),

    read("GET", "/profile", "profile/nodes", models.profile),
    read("GET", "/profile/models", "profile/nodes", models.profile),
    read("GET", "/profile/models/{id}", "profile/nodes", models.profile),
  ];
  return { routes, deployment };
}

const SEARCH_PARAMETERS = ["size", "from", "typed_keys", "rest_total_hits_as_int", "allow_partial_search_results"];

function searchMl(core: Core, name: string, request: ApiRequest): ApiResponse {
  const body = optionalJsonBody(request);
  if (!body) throw parseError("request body or source parameter is required");
  const index = core.indices.get(name);
  return ok(search(index ? [index] : [], body, { withVersions: true, hidden: HIDDEN_FIELDS }));
}
