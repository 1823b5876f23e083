import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type * as library from "@opensearch-project/opensearch";
import type { Client } from "@opensearch-project/opensearch";

const load = createRequire(__filename);
const PACKAGE = "@opensearch-project/opensearch";

/** What this package uses of the official client. */
export type ApiClient = Pick<
  Client,
  "transport" | "ml" | "cluster" | "indices" | "cat" | "info" | "search" | "bulk" | "count" | "reindex"
>;

/** How the client reaches its nodes. */
export interface ApiClientOptions {
  readonly nodes: readonly string[];
  readonly auth?: { readonly username: string; readonly password: string };
  readonly ssl: { readonly ca?: string; readonly rejectUnauthorized: boolean };
  readonly agent: { readonly keepAlive: boolean; readonly maxSockets: number; readonly proxyEnv?: NodeJS.ProcessEnv };
}

/**
 * The official client, in the parts that are used, each loaded when it is. As a whole it is 552 modules, which cost
 * 65 ms of processor time in each process that says a word to a cluster; the parts are 16 and one per operation. The
 * package exports them (`"./*"`); a release that lays them out in another way is used as a whole.
 *
 * Requests are never repeated by the client, which would also repeat a create.
 */
export function apiClient(options: ApiClientOptions): ApiClient {
  if (hasParts()) return clientOfParts(options);
  const { Client } = load(PACKAGE) as typeof library;
  return new Client({ ...options, nodes: [...options.nodes], maxRetries: 0 });
}

/** The client's errors, the same classes however the client was loaded. */
export function apiErrors(): typeof library.errors {
  return hasParts() ? part("lib/errors") : (load(PACKAGE) as typeof library).errors;
}

const PARTS = ["lib/errors", "lib/Transport", "lib/Connection", "lib/Serializer", "lib/pool/index", "api/ml/getModel"];

let parts: boolean | undefined;

function hasParts(): boolean {
  parts ??= PARTS.every((path) => {
    try {
      return load.resolve(`${PACKAGE}/${path}.js`) !== "";
    } catch {
      return false;
    }
  });
  return parts;
}

function part<T>(path: string): T {
  return load(`${PACKAGE}/${path}.js`) as T;
}

/** As the client's own constructor puts them together. */
function clientOfParts({ nodes, ssl, agent, auth }: ApiClientOptions): ApiClient {
  const Transport = part<typeof library.Transport>("lib/Transport");
  const Connection = part<typeof library.Connection>("lib/Connection");
  const Serializer = part<typeof library.Serializer>("lib/Serializer");
  const { ConnectionPool } = part<{ ConnectionPool: typeof library.ConnectionPool }>("lib/pool/index");
  const events = new EventEmitter();
  const emit = events.emit.bind(events);
  const connectionPool = new ConnectionPool({ ssl, agent, auth, Connection, emit, pingTimeout: 3_000 });
  for (const node of nodes) connectionPool.addConnection(node);
  const transport = new Transport({
    emit,
    connectionPool,
    serializer: new Serializer(),
    auth,
    maxRetries: 0,
    requestTimeout: 30_000,
    suggestCompression: false,
    // Never; the type knows no `false`.
    sniffInterval: Number.POSITIVE_INFINITY,
    sniffOnStart: false,
    sniffOnConnectionFault: false,
    sniffEndpoint: "",
  });
  const core = operations<ApiClient>("_core", transport);
  return {
    transport,
    ml: operations("ml", transport),
    cluster: operations("cluster", transport),
    indices: operations("indices", transport),
    cat: operations("cat", transport),
    get info() {
      return core.info;
    },
    get search() {
      return core.search;
    },
    get bulk() {
      return core.bulk;
    },
    get count() {
      return core.count;
    },
    get reindex() {
      return core.reindex;
    },
  };
}

/** The operations of one namespace of the API, each in a module of its own under its name. */
function operations<T extends object>(namespace: string, transport: library.Transport): T {
  return new Proxy({} as T, {
    get: (_, name) => part<CallableFunction>(`api/${namespace}/${String(name)}`).bind({ transport }),
  });
}
