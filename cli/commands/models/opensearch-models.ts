import { withoutCredentials } from "../../../clients/credentials";
import { type Connection, openSearch } from "../../../clients/opensearch/connect";
import { getConnector } from "../../../clients/opensearch/connectors";
import { getModelGroup } from "../../../clients/opensearch/model-groups";
import { findRemoteModels, type RemoteModel } from "../../../clients/opensearch/remote-models";
import type { OpenSearchServer } from "../../../clients/opensearch/server";

/** A remote model on OpenSearch, with its group and connector. */
export interface OpenSearchModelRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** The connector's `parameters.model`: name and tag on its model server. */
  readonly serverModel?: string;
  readonly group?: { readonly id: string; readonly name?: string };
  readonly connector?: { readonly id?: string; readonly name?: string; readonly url?: string };
}

export interface OpenSearchModels {
  readonly endpoint: string;
  readonly models: readonly OpenSearchModelRow[];
}

export async function openSearchModels(connection: Connection): Promise<OpenSearchModels> {
  const server = openSearch(connection);
  const found = await findRemoteModels(server);
  const models = await Promise.all(found.map((model) => rowOf(server, model)));
  models.sort((a, b) => (`${a.serverModel} ${a.name} ${a.id}` < `${b.serverModel} ${b.name} ${b.id}` ? -1 : 1));
  return { endpoint: server.endpoint, models };
}

async function rowOf(server: OpenSearchServer, model: RemoteModel): Promise<OpenSearchModelRow> {
  const { id, name, state, modelGroupId, connectorId, ownParameters } = model;
  const [group, connector] = await Promise.all([
    modelGroupId === undefined ? undefined : shared(server, modelGroupId, getModelGroup),
    connectorId === undefined ? undefined : shared(server, connectorId, getConnector),
  ]);
  const url = connector?.actions[0]?.url;
  return {
    id,
    name,
    state,
    serverModel: (connector?.parameters ?? ownParameters)?.model,
    group: modelGroupId === undefined ? undefined : { id: modelGroupId, name: group?.name },
    connector: { id: connectorId, name: connector?.name, url: url && withoutCredentials(url) },
  };
}

/** Reads each group and connector once, since many models share them. */
async function shared<T>(
  server: OpenSearchServer,
  id: string,
  read: (server: OpenSearchServer, id: string) => Promise<T>,
): Promise<T> {
  return await server.once(`models-command ${read.name} ${id}`, () => read(server, id));
}
