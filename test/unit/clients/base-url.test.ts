import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { BaseUrl, isLoopback, isThisMachine, normalUrl } from "../../../clients/base-url";
import { serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { openSearch } from "../../../clients/opensearch/connect";
import { baseUrlProblem } from "../../../providers/shared/base-url";

const RULE =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";

describe("a server's address has one form", () => {
  it.each([
    ["https://localhost:9200", "https://localhost:9200"],
    ["https://localhost:9200/", "https://localhost:9200"],
    ["https://localhost:9200//", "https://localhost:9200"],
    ["HTTPS://Search.Example.COM:9200", "https://search.example.com:9200"],
    ["https://search.example.com.:9200", "https://search.example.com:9200"],
    ["http://0.0.0.0:11434", "http://127.0.0.1:11434"],
    ["http://0:11434", "http://127.0.0.1:11434"],
    ["http://[::]:11434", "http://[::1]:11434"],
    ["http://[0:0:0:0:0:0:0:1]:11434", "http://[::1]:11434"],
    ["http://127.1:11434", "http://127.0.0.1:11434"],
    ["https://proxy.example.com/search/", "https://proxy.example.com/search"],
    ["https://proxy.example.com/a/../search", "https://proxy.example.com/search"],
    ["https://api.example.com:443", "https://api.example.com:443"],
    ["http://h:080", "http://h:80"],
    ["http://my_ollama:11434", "http://my_ollama:11434"],
    ["http://b\u00fccher.example:80", "http://xn--bcher-kva.example:80"],
  ])("%s is %s", (written, normal) => {
    expect(BaseUrl.parse(written)?.text).toBe(normal);
    expect(normalUrl(normal)).toBe(normal);
    expect(baseUrlProblem(written)).toBeUndefined();
  });

  it.each([
    "",
    "localhost:9200",
    "ftp://h",
    "http:h",
    "http:/h",
    "http:///h",
    "http:\\\\h",
    "http://",
    "http://h:",
    "http://h:0",
    "http://h:65536",
    " http://h",
    "http://h ",
    "http://h\n",
    "http://h\t:9200",
    "http://a\r\nb",
    "http://h h",
    "http://h\u00a0",
    "http://local\u00adhost",
    "http://h\u200b",
    "http://h\ud800",
    "http://h?",
    "http://h?a=b",
    "http://h#",
    "http://h/#a",
    "http://h/a b",
    "http://@h",
    "http://user@h",
    "http://user:password@h",
    "http://h/\\a",
    "http://*:9200",
    "http://a,b:9200",
    "http://${HOST}:9200",
    "http://-h",
    "http://h..example",
    `http://${"a".repeat(64)}.example`,
    `http://${"a.".repeat(130)}example`,
    "http://999.1.1.1",
    "http://[fe80::1%25eth0]:9200",
  ])("%j is no base URL", (text) => {
    expect(BaseUrl.parse(text)).toBeUndefined();
    if (!text.startsWith("localhost:")) expect(baseUrlProblem(text)).toBe(RULE);
    expect(normalUrl(text)).toBe(text);
  });

  it.each([
    ["localhost:11434", "http://localhost:11434"],
    ["GPU-box:11434/v", "http://gpu-box:11434/v"],
    ["10.0.0.7:9200", "http://10.0.0.7:9200"],
  ])("%j lacks its scheme, and that is said", (text, meant) => {
    expect(baseUrlProblem(text)).toBe(`must begin with http:// or https://, as in ${meant}`);
  });

  it.each(["user:1234@h", "ftp://h:21", "h h:1", "h", "http:9200"])("%j is more than that", (text) => {
    expect(baseUrlProblem(text)).toBe(RULE);
  });

  it.each([
    ["http://ollama:11434/v1", "/v1"],
    ["http://ollama:11434/v1/", "/v1"],
    ["http://ollama:11434/v1/chat/completions", "/v1/chat/completions"],
    ["http://ollama:11434/api", "/api"],
    ["http://ollama:11434/api/chat", "/api/chat"],
    ["https://proxy.example.com/ollama/api/", "/api"],
    ["https://search:9200/_plugins/_ml", "/_plugins/_ml"],
  ])("%s holds the API's own path, which would stand there twice", (text, path) => {
    expect(baseUrlProblem(text)).toBe(
      `must be the server's address alone, without ${path}, which is added to each request`,
    );
  });
});

describe("this machine", () => {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal }) => !internal));

  it("is known by each of its addresses, and by no other", () => {
    for (const { address, family } of own) {
      const url = `http://${family === "IPv6" ? `[${address}]` : address}:9200`;
      expect([url, isThisMachine(url), isLoopback(url)]).toStrictEqual([url, true, false]);
    }
    expect(isThisMachine("http://[FD00::5]:1", ["fd00:0:0::5"])).toBe(true);
    expect(isThisMachine("http://localhost:1", [])).toBe(true);
    expect(isThisMachine("http://198.51.100.1:1")).toBe(false);
    expect(isThisMachine("no URL")).toBe(false);
  });
});

describe("clients reach a server however its address is written", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A server, and what it was asked. */
  async function listening(address: string) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.setHeader("content-type", "application/json").end('{"version": "1.2.3", "cluster_uuid": "u"}');
    });
    servers.push(server.listen(0, address));
    await once(server, "listening");
    return { asked, port: (server.address() as AddressInfo).port };
  }

  it.each([
    ["127.0.0.1", "HTTP://LocalHost.:PORT//", ""],
    ["127.0.0.1", "http://0.0.0.0:PORT", ""],
    ["127.0.0.1", "http://127.1:PORT/behind/a/proxy/", "/behind/a/proxy"],
  ])("at %s as %s", async (address, written, prefix) => {
    const { asked, port } = await listening(address);
    const endpoint = written.replace("PORT", String(port));
    expect(await serverVersion(new OllamaServer(endpoint))).toBe("1.2.3");
    await openSearch({ endpoint, maxRetries: 0 }).call({
      method: "GET",
      path: "/",
      answer: (await import("zod")).z.unknown(),
      repeatable: false,
    });
    expect(asked).toStrictEqual([`${prefix}/api/version`, `${prefix}/`]);
  });
});
