import { type Connection, openSearch, serverId } from "../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { servers } from "./run-memory";

/** The client for a connection. Resources with equal connections share it. */
export function sharedServer(connection: Connection): OpenSearchServer {
  const key = serverId(connection);
  const server = servers.get(key) ?? openSearch(connection);
  servers.set(key, server);
  return server;
}
