import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { refusedByAws } from "../../support/aws-signature";
import { LoopbackServer } from "../../support/loopback-server";

/** A proxy that answers for whatever it is asked, or a server with a path before its API. */
class Answering extends LoopbackServer {
  readonly asked: string[] = [];
  readonly requests: IncomingMessage[] = [];

  protected answer(request: IncomingMessage, _body: string, response: ServerResponse): void {
    const { method, url = "" } = request;
    this.asked.push(`${method} ${url}`);
    this.requests.push(request);
    const info = { name: "n", cluster_uuid: "u", version: { number: "3.6.0" }, tagline: "The OpenSearch Project" };
    const answer = url.endsWith("/api/version") ? { version: "0.17.4" } : info;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }
}

const server = new Answering();
beforeAll(async () => void (await server.start()));
afterAll(() => server.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  server.asked.length = 0;
});

// With two dots in a row it is no name at all, so that no name server is asked.
const [search, ollama] = ["http://search..internal:9200", "http://ollama..internal:11434"];
let differently = 60;
const ask = async (searchEndpoint = search, ollamaEndpoint = ollama) => {
  const requestTimeoutSeconds = ++differently; // Equal connections share one client.
  await clusterInfo(openSearch({ endpoint: searchEndpoint, maxRetries: 0, requestTimeoutSeconds }));
  await serverVersion(new OllamaServer(ollamaEndpoint));
};

function environment(variables: Readonly<Record<string, string>>): void {
  const none = { HTTP_PROXY: "", http_proxy: "", HTTPS_PROXY: "", https_proxy: "", NO_PROXY: "", no_proxy: "" };
  for (const [name, value] of Object.entries({ ...none, NODE_USE_ENV_PROXY: "", ...variables })) {
    vi.stubEnv(name, value || undefined);
  }
}

describe("the proxies of the environment", () => {
  it("count for OpenSearch and Ollama alike where NODE_USE_ENV_PROXY is 1", async () => {
    environment({ HTTP_PROXY: server.endpoint, NODE_USE_ENV_PROXY: "1" });
    await ask();
    expect(server.asked).toEqual([`GET ${search}/`, `GET ${ollama}/api/version`]);
  });

  it("do not count without it, as for Node.js itself", async () => {
    environment({ HTTP_PROXY: server.endpoint });
    await expect(ask()).rejects.toThrow("getaddrinfo ENOTFOUND search..internal");
    await expect(serverVersion(new OllamaServer(ollama))).rejects.toThrow("getaddrinfo ENOTFOUND ollama..internal");
    expect(server.asked).toEqual([]);
  });

  it("do not count for what NO_PROXY names", async () => {
    environment({ HTTP_PROXY: server.endpoint, NODE_USE_ENV_PROXY: "1", NO_PROXY: "other,search..internal" });
    await expect(ask()).rejects.toThrow("getaddrinfo ENOTFOUND search..internal");
    expect(server.asked).toEqual([]);
  });

  it("pass on what gateways behind them ask for: a signature that is still right, and a token", async () => {
    environment({ HTTP_PROXY: server.endpoint, NODE_USE_ENV_PROXY: "1" });
    const domain = { region: "eu-central-1", service: "es", accessKeyId: "AKID", secretAccessKey: "aws-secret" };
    await clusterInfo(openSearch({ endpoint: `${search}/a`, maxRetries: 0, aws: domain }));
    await serverVersion(new OllamaServer(ollama, { Authorization: "Bearer t" }));
    const [signed, bearer] = server.requests.slice(-2);
    expect(server.asked).toEqual([`GET ${search}/a/`, `GET ${ollama}/api/version`]);
    expect(signed && (await refusedByAws(signed, "", domain))).toBeUndefined();
    expect(bearer?.headers.authorization).toBe("Bearer t");
  });

  it("never for this machine", async () => {
    environment({ HTTP_PROXY: "http://127.0.0.1:9", NODE_USE_ENV_PROXY: "1" });
    await ask(server.endpoint, server.endpoint);
    expect(server.asked).toEqual(["GET /", "GET /api/version"]);
  });
});

describe("an endpoint with a path before the API", () => {
  it.each(["/search", "/a/b", "/search/"])("%s is kept by both clients", async (path) => {
    environment({});
    await ask(`${server.endpoint}${path}`, `${server.endpoint}${path}`);
    const kept = path.replace(/\/$/, "");
    expect(server.asked.map((asked) => asked.replace(/\/$/, ""))).toEqual([`GET ${kept}`, `GET ${kept}/api/version`]);
  });
});
