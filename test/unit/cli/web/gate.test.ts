import { request } from "node:http";
import { hostname } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { thisMachine } from "../../../../cli/commands/doctor/machine";
import type { Gate } from "../../../../cli/commands/web/gate";
import { type RunningWeb, startWeb } from "../../../../cli/commands/web/server";
import { explanationOf } from "../../../../cli/report-failure";

interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

let web: RunningWeb;

afterEach(async () => await web.close());

async function serve(gate: Gate = {}): Promise<void> {
  web = await startWeb({
    // Nothing listens there.
    access: { source: "flags and environment", api: "generate", ollamaEndpoint: "http://127.0.0.1:1", chatModel: "m" },
    port: 0,
    machine: thisMachine({}),
    secrets: [],
    gate,
    timeoutSeconds: 5,
    version: "1.2.3",
    files: new Map([["/", { type: "text/html; charset=utf-8", content: Buffer.from("<title>page</title>") }]]),
    problemOf: (error) => explanationOf(error, []),
  });
}

/** Sends a request with exactly these headers, which `fetch` would not. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET", body?: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const host = { host: `127.0.0.1:${web.port}` };
    const sent = request({ port: web.port, host: "127.0.0.1", path, method, headers: { ...host, ...headers } });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const what = ({ text }: Answered): string => (JSON.parse(text) as { error: { what: string } }).error.what;

describe("the page's server lets in only its own page", () => {
  it("a name that another site pointed here is refused, the page's own files too", async () => {
    await serve();
    for (const path of ["/", "/api/about"]) {
      const answer = await ask(path, { host: "evil.example:8321" });
      expect([answer.status, what(answer)]).toEqual([421, 'This server is not "evil.example:8321".']);
    }
    for (const host of ["localhost@evil.example", "localhost/evil", "127.0.0.1.evil.example", "192.0.2.1"]) {
      expect([host, (await ask("/", { host })).status]).toEqual([host, 421]);
    }
  });

  it("this machine's names are let in, with the port of a tunnel too", async () => {
    await serve();
    for (const host of ["localhost:8321", "127.0.0.1", "[::1]:9000", "LOCALHOST:1"]) {
      expect([host, (await ask("/", { host })).status]).toEqual([host, 200]);
    }
  });

  it("a page of another site may not use it, whatever its browser sends", async () => {
    await serve();
    const own = `http://127.0.0.1:${web.port}`;
    const refused: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:1" },
      { origin: own, "sec-fetch-site": "cross-site" },
      { origin: own, "sec-fetch-site": "same-site" },
      {},
    ];
    for (const headers of refused) {
      const answer = await ask("/api/chat", { "content-type": "application/json", ...headers }, "POST", "{}");
      expect([headers, answer.status]).toEqual([headers, 403]);
    }
    expect((await ask("/api/about", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await ask("/api/about", { origin: "https://evil.example" })).status).toBe(403);
    const asOwn = { "content-type": "application/json", origin: own, "sec-fetch-site": "same-origin" };
    expect((await ask("/api/chat", asOwn, "POST", "{}")).status).toBe(400);
  });

  it("from other machines, everything but the page's files asks for the token", async () => {
    await serve({ host: "127.0.0.1", token: "right-token-of-this-test" });
    expect((await ask("/")).status).toBe(200);
    for (const authorization of ["", "Bearer ", "Bearer wrong", "right-token-of-this-tesT"]) {
      const answer = await ask("/api/about", { authorization });
      expect([answer.status, what(answer)]).toEqual([401, "The token is missing or wrong."]);
    }
    expect((await ask("/api/about", { authorization: "Bearer right-token-of-this-test" })).status).toBe(200);
  });

  it("with --host, addresses and this machine's name are let in, and no other name", async () => {
    await serve({ host: "127.0.0.1", token: "right-token-of-this-test" });
    for (const host of ["192.0.2.7:8321", "[2001:db8::1]", hostname()]) {
      expect([host, (await ask("/", { host })).status]).toEqual([host, 200]);
    }
    expect((await ask("/", { host: "evil.example" })).status).toBe(421);
  });
});

describe("what the page's server sends", () => {
  it("forbids inline scripts, other hosts, frames and markup that was not sanitised", async () => {
    await serve();
    const { headers } = await ask("/");
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify",
    );
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("only the page's own files are served", async () => {
    await serve();
    for (const path of [
      "/../package.json",
      "/%2e%2e/package.json",
      "/page.js/../../x",
      "//etc/passwd",
      "/api/",
      "/api",
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
  });

  it("a body that is too long is refused before it was read", async () => {
    await serve();
    const headers = { "content-type": "application/json", origin: `http://127.0.0.1:${web.port}` };
    const answer = await ask("/api/chat", { ...headers, "content-length": String(10 ** 9) }, "POST");
    expect([answer.status, what(answer)]).toEqual([413, "The request holds more than 4 MiB."]);
    expect(answer.headers.connection).toBe("close");
  });

  it("a question that fails ends with what, cause and fix", async () => {
    await serve();
    const headers = { "content-type": "application/json", origin: `http://127.0.0.1:${web.port}` };
    const body = JSON.stringify({ question: "Why?", turns: [], fromDocuments: false });
    const { status, text } = await ask("/api/chat", headers, "POST", body);
    const [event] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect([status, event]).toEqual([
      200,
      {
        type: "failed",
        problem: {
          what: expect.stringContaining("http://127.0.0.1:1") as unknown,
          cause: expect.any(String) as unknown,
          fix: expect.any(String) as unknown,
        },
      },
    ]);
  });
});
