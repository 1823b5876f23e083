import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { clusterInfo } from "../../../clients/opensearch/cluster";
import { openSearch } from "../../../clients/opensearch/connect";
import { issueAuthority, issueLeaf } from "../../../providers/tls-certificate/issue";
import { ConnectProxy } from "../../support/connect-proxy";

const [SEARCH, OLLAMA] = ["https://search.ours.invalid:9200", "https://ollama.ours.invalid"];
const trusted = tls.getCACertificates();
let server: Server;
let ca: string;
const proxy = new ConnectProxy(() => (server.address() as AddressInfo).port);

beforeAll(async () => {
  const inputs = { dnsNames: ["search.ours.invalid", "ollama.ours.invalid"], ipAddresses: [] };
  const authority = await issueAuthority(inputs);
  const leaf = await issueLeaf(inputs, authority);
  ca = authority.caCertificatePem;
  // As NODE_EXTRA_CA_CERTS does for a process: Ollama's client has no certificates of its own.
  tls.setDefaultCACertificates([...trusted, ca]);
  server = createServer({ key: leaf.privateKeyPem, cert: leaf.certificatePem }, ({ url }, response) => {
    const info = { name: "n", cluster_uuid: "u", version: { number: "3.6.0" }, tagline: "The OpenSearch Project" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(url === "/api/version" ? { version: "0.17.4" } : info));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await proxy.start();
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  proxy.asked.length = 0;
  proxy.refusal = undefined;
});

let differently = 60;
const search = () =>
  // Equal connections share one client.
  clusterInfo(openSearch({ endpoint: SEARCH, caCertificate: ca, maxRetries: 0, requestTimeoutSeconds: ++differently }));
const ollama = () => serverVersion(new OllamaServer(OLLAMA));
const throughProxy = (user = "") => {
  vi.stubEnv("HTTPS_PROXY", `http://${user}${proxy.address}`);
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
};

describe("a server behind TLS, to which only a proxy leads", () => {
  it("is asked through a tunnel, and its own certificate is what counts", async () => {
    throughProxy();
    expect((await search()).version).toBe("3.6.0");
    expect(await ollama()).toBe("0.17.4");
    expect(proxy.asked).toEqual(["CONNECT search.ours.invalid:9200", "CONNECT ollama.ours.invalid:443"]);
  });

  it.each([
    ["OpenSearch", search, SEARCH],
    ["Ollama", ollama, OLLAMA],
  ])(
    "is told as out of reach where the proxy refuses, without the proxy's password: %s",
    async (_name, ask, endpoint) => {
      throughProxy("me:pa55word@");
      proxy.refusal = "403 Forbidden";
      const failure = await ask().then(
        () => expect.unreachable(),
        (error: unknown) => error as Error,
      );
      expect(failure.message).toContain(`no answer from ${endpoint}: Failed to establish tunnel to`);
      expect(failure.message).toContain("403 Forbidden");
      expect(failure.message).not.toContain("pa55word");
    },
  );

  it.each([
    ["OpenSearch", search, `GET /: no answer from ${SEARCH}: getaddrinfo`, "search.ours.invalid"],
    ["Ollama", ollama, `GET /api/version: no answer from ${OLLAMA}: getaddrinfo`, "ollama.ours.invalid"],
  ])("says so where the proxy is named and not switched on: %s", async (_name, ask, start, host) => {
    vi.stubEnv("HTTPS_PROXY", `http://${proxy.address}`);
    vi.stubEnv("NODE_USE_ENV_PROXY", undefined);
    const failure = await ask().then(
      () => expect.unreachable(),
      (error: unknown) => error as Error,
    );
    expect(failure.message).toMatch(start);
    expect(failure.message).toContain(`${host} (HTTPS_PROXY is set, but is only used with NODE_USE_ENV_PROXY=1)`);
    vi.stubEnv("NO_PROXY", ".ours.invalid");
    await expect(ask()).rejects.not.toThrow("HTTPS_PROXY");
  });
});
