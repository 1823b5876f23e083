import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { containerHealthLifecycle } from "../../../../providers/container-health/lifecycle";

const ID = "c0ffee";
const NOW = Date.parse("2026-11-29T12:00:00Z");

interface Shown {
  readonly status?: string;
  readonly running?: boolean;
  readonly health?: string;
  readonly restarts?: number;
  readonly exitCode?: number;
  readonly createdSecondsAgo?: number;
}

/** A Docker of one container, that shows one look after the other and then stays with the last. */
let looks: (Shown | undefined)[];
let ends: readonly number[];
let log: string;
let asked: string[];
let docker: Server;
let dockerHost: string;

beforeEach(async () => {
  [looks, ends, log, asked] = [[], [], "", []];
  docker = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    if (url === "/info") return response.end(JSON.stringify({ SystemTime: new Date(NOW).toISOString() }));
    if (url.startsWith("/events")) return response.end(ends.map((code) => `${eventOf(code)}\n`).join(""));
    if (url.includes("/logs")) return response.end(frame(log));
    const shown = looks.length > 1 ? looks.shift() : looks[0];
    if (shown === undefined)
      return response.writeHead(404).end(JSON.stringify({ message: `No such container: ${ID}` }));
    response.end(JSON.stringify(inspected(shown)));
  });
  dockerHost = await listening(docker, "tcp");
});
afterEach(() => docker.close());

const inputs = (more: object = {}) => ({
  containerId: ID,
  endpoint: "http://127.0.0.1:1",
  dockerHost,
  owner: "urn:pulumi:dev::p::t::chat-opensearch-health",
  ...more,
});
const starting = { running: true, status: "running", health: "starting" };
const healthy = { ...starting, health: "healthy" };
const create = (more: object = {}) => containerHealthLifecycle.create(inputs(more));
const failure = (more: object = {}) =>
  create(more).then(
    () => expect.unreachable(),
    (error: Error) => error.message,
  );
const head = 'ContainerHealth "chat-opensearch-health": create failed: ';

describe("a container that gets healthy", () => {
  it("is waited for until it is healthy", async () => {
    looks = [starting, starting, starting, healthy];
    const { id, state } = await create();
    expect(id).toBe("chat-opensearch-health");
    expect(state).toEqual({ ...inputs(), schemaVersion: 1 });
    expect(asked.filter((url) => url === `/containers/${ID}/json`)).toHaveLength(4);
  });

  it("may have ended before, when it is older than this update", async () => {
    looks = [
      { ...starting, restarts: 7, createdSecondsAgo: 3600 },
      { ...healthy, restarts: 7, createdSecondsAgo: 3600 },
    ];
    await create();
  });

  it("needs no health check where its server answers", async () => {
    const server = createServer((_, response) => response.writeHead(401).end());
    looks = [{ running: true, status: "running" }];
    await create({ endpoint: await listening(server, "http") });
    server.close();
  });

  it.each([
    ["of a Docker that can't be asked", { dockerHost: "ssh://box" }],
    ["that this Docker doesn't know", {}],
    ["of a Docker that doesn't answer", { dockerHost: "tcp://127.0.0.1:1" }],
  ])("%s is waited for by its server's answer", async (_, more) => {
    let calls = 0;
    const server = createServer((_request, response) => response.writeHead(++calls < 3 ? 503 : 200).end());
    looks = [undefined];
    await create({ endpoint: await listening(server, "http"), ...more });
    expect(calls).toBe(3);
    server.close();
  });
});

describe("a container that ends", () => {
  it("ends the wait with its exit code and its last lines up to then, without its secrets", async () => {
    looks = [starting, { ...starting, restarts: 1 }];
    ends = [255];
    log = `${Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join("\n")}\n\u001b[31mthe token is t0p-secret\u001b[0m\n`;
    const lines = Array.from({ length: 14 }, (_, i) => `    line ${i + 7}\n`).join("");
    expect(await failure()).toBe(
      `${head}the container p-dev-chat-opensearch ended with exit code 255 before it was healthy, and Docker starts it again and again. Its last lines:
${lines}    the token is [secret]
  cause: Its program stopped; the lines above are its last output.
  fix: Fix what stopped it, and run pulumi up again. docker logs p-dev-chat-opensearch shows its whole output.`,
    );
    expect(asked.find((url) => url.includes("/logs"))).toContain(`until=${NOW / 1000}.001`);
  });

  it("ends the wait also if it did so before the first look, a moment after it was made", async () => {
    looks = [{ ...starting, restarts: 1, createdSecondsAgo: 5 }];
    ends = [3];
    expect(await failure()).toContain(
      "ended with exit code 3 before it was healthy, and Docker starts it again and again. It printed nothing.\n  cause: Its program stopped without any output.",
    );
  });

  it("and stays down ends the wait", async () => {
    looks = [starting, { status: "exited", running: false, health: "unhealthy", exitCode: 1 }];
    log = "no space left\n";
    expect(await failure()).toContain(
      "ended with exit code 1 before it was healthy. Its last lines:\n    no space left\n",
    );
  });

  it("for its password is told so", async () => {
    looks = [{ ...starting, restarts: 2 }];
    ends = [255];
    log = 'Password Your-Passw0rd failed validation: "Weak password".\n';
    expect(await failure()).toBe(
      `${head}the container p-dev-chat-opensearch ended with exit code 255 before it was healthy, and Docker starts it again and again. Its last lines:
    Password [secret] failed validation: "Weak password".
  cause: OpenSearch's installer refuses the admin password.
  fix: Set another one, of 8 to 100 ASCII characters with upper and lower case, a digit and a special character, and hard to guess; then run pulumi up again.`,
    );
  });

  it("for want of memory is told so", async () => {
    looks = [{ ...starting, restarts: 1 }];
    ends = [137];
    expect(await failure()).toContain(
      "\n  cause: It was killed: by Docker or the system because memory ran short, or by somebody.\n",
    );
  });

  it("because it was removed ends the wait", async () => {
    looks = [starting, undefined];
    expect(await failure()).toBe(
      `${head}the container p-dev-chat-opensearch was removed before it was healthy\n  cause: Somebody else removed it.\n  fix: Run pulumi up --refresh.`,
    );
  });
});

it("one that does not get healthy is told with what it prints", async () => {
  looks = [starting];
  log = "still thinking\n";
  expect(await failure({ timeouts: { createSeconds: 0.3 } })).toBe(
    `${head}Waited 0.3 s for the container p-dev-chat-opensearch to be healthy; last seen: running, starting. Its last lines:
    still thinking
  cause: The program in the container runs but is not ready: the machine is slow or busy, or it waits for something.
  fix: Check docker logs p-dev-chat-opensearch. To give it more time, raise readiness.openSearchSeconds or readiness.ollamaSeconds, and run pulumi up again.`,
  );
});

describe("the resource", () => {
  const state = { ...inputs(), schemaVersion: 1 };

  it("waits again for another container only, in place", async () => {
    const { diff, update } = containerHealthLifecycle;
    const before = { ...inputs(), schemaVersion: 1 };
    expect(diff("x", before, inputs())).toEqual({ changes: false });
    expect(diff("x", before, inputs({ containerId: "d00d" }))).toEqual({ changes: true });
    looks = [starting, healthy];
    expect(await update("x", before, inputs({ containerId: "d00d" }))).toEqual({
      ...inputs({ containerId: "d00d" }),
      schemaVersion: 1,
    });
  });

  it("neither drifts nor deletes anything", async () => {
    expect(await containerHealthLifecycle.read("x", state)).toMatchObject({ state });
    await containerHealthLifecycle.delete("x", state);
    expect(asked).toEqual([]);
  });

  it.each([
    [{ containerId: "" }, 'containerId is "": must be a container\'s id or name'],
    [
      { endpoint: "localhost" },
      'endpoint is "localhost": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200',
    ],
    [
      { dockerHost: "docker" },
      'dockerHost is "docker": must be an address as in DOCKER_HOST, such as unix:///var/run/docker.sock',
    ],
  ])("%j is refused: %s", (more, reason) => {
    const { failures } = containerHealthLifecycle.check(inputs(more), undefined);
    expect(failures.map((failed) => failed.reason)).toEqual([reason]);
  });
});

function inspected(shown: Shown) {
  const { status = "running", running = true, health, restarts = 0, exitCode = 0, createdSecondsAgo = 5 } = shown;
  return {
    Name: "/p-dev-chat-opensearch",
    Created: new Date(NOW - createdSecondsAgo * 1000).toISOString(),
    RestartCount: restarts,
    State: { Status: status, Running: running, ExitCode: exitCode, Health: health && { Status: health } },
    Config: { Env: ["PATH=/bin", "API_TOKEN=t0p-secret", "OPENSEARCH_INITIAL_ADMIN_PASSWORD=Your-Passw0rd"] },
  };
}

function eventOf(exitCode: number): string {
  return JSON.stringify({ timeNano: NOW * 1e6, Actor: { Attributes: { exitCode: String(exitCode) } } });
}

/** As Docker frames a log's output: stream, three zeroes, length. */
function frame(text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function listening(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
