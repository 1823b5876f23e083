import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, errors } from "@opensearch-project/opensearch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiClient, apiErrors } from "../../../clients/opensearch/library";

interface Seen {
  readonly request: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

const seen: Seen[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on("end", () => {
    const { host: _host, ...headers } = request.headers;
    seen.push({ request: `${request.method} ${request.url}`, headers, body });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
let endpoint = "";

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise<void>((done) => void server.close(() => done())));

const options = () => ({
  nodes: [endpoint],
  auth: { username: "admin", password: "secret" },
  ssl: { rejectUnauthorized: true },
  agent: { keepAlive: false, maxSockets: 1 },
});

describe("the client in parts", () => {
  it.each([
    ["info", (client: Client) => client.info({}, { requestTimeout: 1_000 })],
    ["a search", (client: Client) => client.search({ index: "a", body: { size: 1 } })],
    ["bulk", (client: Client) => client.bulk({ index: "a", body: [{ delete: { _id: "1" } }] })],
    ["count", (client: Client) => client.count({ index: "a" })],
    ["settings", (client: Client) => client.cluster.getSettings({ flat_settings: true })],
    ["a mapping", (client: Client) => client.indices.putMapping({ index: "a", body: { properties: {} } })],
    ["plugins", (client: Client) => client.cat.plugins({ format: "json", h: ["component"] })],
    ["a connector", (client: Client) => client.ml.getConnector({ connector_id: "a/b" })],
    ["a path of its own", (client: Client) => client.transport.request({ method: "GET", path: "/_ingest/pipeline" })],
  ])("sends the same request as the whole: %s", async (_what, send) => {
    seen.length = 0;
    await send(apiClient(options()) as Client);
    await send(new Client({ ...options(), maxRetries: 0 }));
    expect(seen).toHaveLength(2);
    expect(seen[0]).toStrictEqual(seen[1]);
  });

  it("fails with the errors of the whole", async () => {
    expect(apiErrors().ResponseError).toBe(errors.ResponseError);
    const refused = apiClient({ ...options(), nodes: ["http://127.0.0.1:1"] }).info();
    await expect(refused).rejects.toBeInstanceOf(errors.ConnectionError);
  });
});
