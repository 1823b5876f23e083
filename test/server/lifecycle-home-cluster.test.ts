import { describe, expect, it, vi } from "vitest";
import { FaultProxy } from "../support/opensearch/fault-proxy";
import { kindsIn, type Made } from "./lifecycle-kinds";
import { eachInItsOwnWorld, failureOf, PASSWORD } from "./lifecycle-support";

const world = eachInItsOwnWorld({ kind: "secured" });

const KINDS = kindsIn(world);

/** The same resource, reached otherwise. */
function reached(made: Made, connection: object): Made {
  const through = { ...world().connection, ...connection };
  return { ...made, state: { ...made.state, connection: through }, inputs: { ...made.inputs, connection: through } };
}

describe.each(KINDS)("%s with a wrong password", (kind, lifecycle, make) => {
  it("names the way out, and is not taken for gone", async () => {
    const { id, state, inputs } = reached(await make(), { password: "Rotated-Outside-1" });
    const calls = {
      create: () => lifecycle.create(inputs),
      read: () => lifecycle.read(id, state),
      update: () => lifecycle.update(id, state, inputs),
      delete: () => lifecycle.delete(id, state),
    };
    for (const [operation, call] of Object.entries(calls)) {
      expect((await failureOf(call())).message).toBe(
        [
          `${kind} "x": ${operation} failed: GET / answered 401: Unauthorized`,
          "  cause: The cluster does not accept this user and password. Delete and refresh use the connection in the state, which may be older than the program's. OpenSearch reads OPENSEARCH_INITIAL_ADMIN_PASSWORD only when it starts with an empty volume.",
          "  fix: If the password was changed in the program or its configuration, run pulumi up: a stack's own OpenSearch then takes it. On another cluster, change it there first, or restore the old one. If it was changed outside of Pulumi, run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the current password>, which overrides all others. If that variable is already set, it is the password that was rejected.",
        ].join("\n"),
      );
    }
  });

  it("works with the new one from the environment", async () => {
    const made = reached(await make(), { password: "Old-Password-1" });
    vi.stubEnv("OLLAMA_CHAT_OPENSEARCH_PASSWORD", PASSWORD);
    expect(await lifecycle.read(made.id, made.state)).toBeDefined();
    await lifecycle.delete(made.id, made.state);
  });

  it("works with a password that only the environment holds, and says which variable is missing", async () => {
    const made = reached(await make(), { password: undefined, passwordEnv: "TEST_OPENSEARCH_PASSWORD" });
    expect((await failureOf(lifecycle.read(made.id, made.state))).message).toBe(
      [
        `${kind} "x": read failed: The environment variable TEST_OPENSEARCH_PASSWORD, named by connection.passwordEnv, is not set.`,
        "  cause: passwordEnv is read where the provider runs, in the environment of the pulumi command.",
        "  fix: Run pulumi with it, for example TEST_OPENSEARCH_PASSWORD=... pulumi up, or use connection.password.",
      ].join("\n"),
    );
    vi.stubEnv("TEST_OPENSEARCH_PASSWORD", PASSWORD);
    expect(await lifecycle.read(made.id, made.state)).toBeDefined();
  });
});

describe.each(KINDS)("%s on a server that is not there", (kind, lifecycle, make) => {
  it("is an error and never gone; a delete names how to let go", async () => {
    const made = reached(await make(), { endpoint: "http://127.0.0.1:9" });
    const text = "GET /: no answer from http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9";
    const cause = "  cause: Nothing answers at the endpoint: the server is down, still starting, or elsewhere.";
    const fix =
      "  fix: Check the endpoint, and that the server runs (docker ps --all, curl ENDPOINT). If it is only reachable through a proxy, set NODE_USE_ENV_PROXY=1 as well as HTTPS_PROXY. Start a stopped container with docker start NAME. If the container was removed, run pulumi refresh --target '**::*-opensearch', then pulumi up.";
    expect((await failureOf(lifecycle.read(made.id, made.state))).message).toBe(
      [`${kind} "x": read failed: ${text}`, cause, fix].join("\n"),
    );
    expect((await failureOf(lifecycle.delete(made.id, made.state))).message).toBe(
      [
        `${kind} "x": delete failed: ${text}`,
        cause,
        `${fix} If the server is gone for good, run pulumi destroy with OLLAMA_CHAT_FORGET_UNREACHABLE=1.`,
      ].join("\n"),
    );
  });

  it("is let go where that variable says so, with a warning", async () => {
    const made = reached(await make(), { endpoint: "http://127.0.0.1:9" });
    vi.stubEnv("OLLAMA_CHAT_FORGET_UNREACHABLE", "1");
    world().lines.length = 0;
    await lifecycle.delete(made.id, made.state);
    expect(world().lines).toStrictEqual([
      `warning: ${kind} x: GET /: no answer from http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9; ${made.id} is forgotten, as OLLAMA_CHAT_FORGET_UNREACHABLE=1 asks`,
    ]);
  });

  it("a wrong password is never let go so", async () => {
    const made = reached(await make(), { password: "Rotated-Outside-1" });
    vi.stubEnv("OLLAMA_CHAT_FORGET_UNREACHABLE", "1");
    expect((await failureOf(lifecycle.delete(made.id, made.state))).message).toContain("answered 401");
  });
});

describe.each(KINDS)("%s after its cluster was replaced by another", (kind, lifecycle, make) => {
  it("is gone there, deleted nowhere, and never written to", async () => {
    const made = await make();
    // Another cluster that holds, of all ids, the same: one that is kept by its identity alone.
    const other = await new FaultProxy(world().cluster.server.endpoint, "0123456789abcdefghijkl").start();
    try {
      const moved = reached(made, { endpoint: other.url });
      world().lines.length = 0;
      expect(await lifecycle.read(moved.id, moved.state)).toBeUndefined();
      await lifecycle.delete(moved.id, moved.state);
      expect(world().lines).toStrictEqual([
        `${kind} x: ${other.url} is another cluster now, so it counts as gone`,
        `${kind} x: ${other.url} is another cluster now; ${made.id} is not deleted there`,
      ]);
      expect((await failureOf(lifecycle.update(made.id, made.state, moved.inputs))).message).toBe(
        [
          `${kind} "x": update failed: ${other.url} is not the cluster on which ${made.id} was made.`,
          "  cause: The connection was pointed to another cluster, or the cluster lost its data.",
          "  fix: Lost data: run pulumi up --refresh. A move on purpose: run pulumi destroy, which still works on the old cluster, then pulumi up.",
        ].join("\n"),
      );
      expect(await lifecycle.read(made.id, made.state)).toBeDefined();
    } finally {
      await other.stop();
    }
  });
});

describe("secrets", () => {
  it.each(KINDS)("of %s are in no message and no line, whatever fails", async (_kind, lifecycle, make) => {
    const { id, state, inputs } = await make();
    const secrets = [PASSWORD, Buffer.from(`admin:${PASSWORD}`).toString("base64"), "sk-Very-Secret-Key"];
    // A server that shows in its answer everything it was sent.
    const body = { error: { type: "echo", reason: `credentials were ${secrets.join(" and ")}` }, status: 500 };
    world().cluster.faults.add({ match: { path: "/*" }, times: 1000, action: { kind: "status", status: 500, body } });
    const texts = [...world().lines];
    for (const call of [
      () => lifecycle.create(inputs),
      () => lifecycle.read(id, state),
      () => lifecycle.update(id, { ...state, description: "changed", settings: {} }, inputs),
      () => lifecycle.delete(id, state),
    ]) {
      const message = await call().then(
        () => "",
        (error: unknown) => String(error instanceof Error ? error.message : error),
      );
      texts.push(message);
    }
    expect(texts.join("\n")).toContain("credentials were");
    for (const secret of [PASSWORD, "sk-Very-Secret-Key"].filter((text) => JSON.stringify(inputs).includes(text))) {
      expect(texts.join("\n")).not.toContain(secret);
      expect(texts.join("\n")).not.toContain(Buffer.from(`admin:${secret}`).toString("base64"));
    }
  });
});
