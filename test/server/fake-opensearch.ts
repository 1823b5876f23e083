import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeUser {
  password: string;
  roles: string[];
}

/** A stand-in for the real OpenSearch behind: users, settings, and an echo for everything else. */
export interface FakeOpenSearch {
  readonly url: string;
  readonly users: Map<string, FakeUser>;
  /** Requests that reached it, `METHOD /path`. */
  readonly seen: string[];
  readonly settings: Record<"persistent" | "transient", Record<string, unknown>>;
  close(): Promise<void>;
}

/** Starts it. It knows one setting, `cluster.max_shards_per_node`, and refuses every other but ML's wildcard reset. */
export async function startFakeOpenSearch(): Promise<FakeOpenSearch> {
  const users = new Map<string, FakeUser>([["admin", { password: "secret", roles: ["all_access", "own_index"] }]]);
  const seen: string[] = [];
  const settings = { persistent: {}, transient: {} };
  const server = createServer((request, response) => void answer(request, response, { users, seen, settings }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, users, seen, settings, close };
}

type State = Pick<FakeOpenSearch, "users" | "seen" | "settings">;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { users, seen, settings }: State,
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  seen.push(`${method} ${url}`);
  const body = await readText(request);
  const name = userName(request, users);
  const path = url.split("?")[0] ?? "/";
  if (name === undefined) {
    response.writeHead(401, { "Content-Type": "text/plain; charset=UTF-8", "WWW-Authenticate": 'Basic realm="real"' });
    response.end("Unauthorized");
    return;
  }
  if (path === "/_plugins/_security/authinfo")
    return send(response, 200, { user_name: name, backend_roles: ["b"], roles: users.get(name)?.roles });
  if (path === "/")
    return send(response, 200, { name: "real-node", version: { number: "3.4.0", build_type: "tar" }, tagline: "x" });
  if (path === "/_cat/plugins")
    return send(response, 200, [{ name: "real-node", component: "opensearch-security", version: "3.4.0.0" }]);
  if (path === "/_cluster/settings" && method === "GET") return send(response, 200, settings);
  if (path === "/_cluster/settings") return putSettings(response, settings, body);
  response.writeHead(207, { "Content-Type": "application/json", "X-Real": "yes" });
  response.write(`{"method":"${method}","url":"${url}",`);
  response.end(`"body":${JSON.stringify(body)}}`);
}

function putSettings(response: ServerResponse, settings: FakeOpenSearch["settings"], body: string): void {
  const changes = JSON.parse(body) as Partial<FakeOpenSearch["settings"]>;
  for (const scope of ["persistent", "transient"] as const) {
    for (const key of Object.keys(changes[scope] ?? {})) {
      if (key === "cluster.max_shards_per_node" || key.includes("*")) continue;
      const reason = `${scope} setting [${key}], not recognized`;
      send(response, 400, { error: { type: "settings_exception", reason }, status: 400 });
      return;
    }
  }
  const set = (scope: "persistent" | "transient") => {
    const given = Object.entries(changes[scope] ?? {}).filter(([key, value]) => value !== null && !key.includes("*"));
    const nested = given.map(([, value]) => ({ cluster: { max_shards_per_node: String(value) } }));
    return Object.assign({}, ...nested) as Record<string, unknown>;
  };
  const persistent = set("persistent");
  Object.assign(settings.persistent, persistent);
  send(response, 200, { acknowledged: true, persistent, transient: set("transient") });
}

function userName(request: IncomingMessage, users: Map<string, FakeUser>): string | undefined {
  const encoded = request.headers.authorization?.replace("Basic ", "") ?? "";
  const [name = "", password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return users.get(name)?.password === password ? name : undefined;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString("utf8");
}
