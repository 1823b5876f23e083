import { afterEach, describe, expect, it, vi } from "vitest";
import { oneAtATime } from "../../../../providers/shared/run-memory";
import { sharedServer } from "../../../../providers/shared/shared-server";

/** A task that says when it starts and ends when it is told to. */
function task(name: string, log: string[]) {
  let finish: (failure?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    finish = (failure) => (failure ? reject(failure) : resolve());
  });
  const run = async () => {
    log.push(`${name} starts`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { run, finish };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("oneAtATime", () => {
  it("runs tasks of one key one after the other, in the order of the calls", async () => {
    const log: string[] = [];
    const [a, b] = [task("a", log), task("b", log)];
    const both = Promise.all([oneAtATime("k", a.run), oneAtATime("k", b.run)]);
    b.finish();
    await settled();
    expect(log).toStrictEqual(["a starts"]);
    a.finish();
    await expect(both).resolves.toStrictEqual(["a", "b"]);
    expect(log).toStrictEqual(["a starts", "a ends", "b starts", "b ends"]);
  });

  it("runs tasks of different keys side by side", async () => {
    const log: string[] = [];
    const [a, b] = [task("a", log), task("b", log)];
    const both = Promise.all([oneAtATime("k1", a.run), oneAtATime("k2", b.run)]);
    await settled();
    expect(log).toStrictEqual(["a starts", "b starts"]);
    a.finish();
    b.finish();
    await both;
  });

  it("a task that fails does not stop the next one, and its error reaches only its caller", async () => {
    const log: string[] = [];
    const [a, b] = [task("a", log), task("b", log)];
    const first = oneAtATime("k", a.run);
    const second = oneAtATime("k", b.run);
    a.finish(new Error("a is broken"));
    b.finish();
    await expect(first).rejects.toThrow(new Error("a is broken"));
    await expect(second).resolves.toBe("b");
  });
});

describe("sharedServer", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("is one for equal connections, and another where the password in force is another", () => {
    const connection = { endpoint: "http://localhost:9200", username: "a", password: "one" };
    expect(sharedServer({ ...connection })).toBe(sharedServer({ ...connection }));
    expect(sharedServer({ ...connection, password: "two" })).not.toBe(sharedServer(connection));
    vi.stubEnv("OLLAMA_CHAT_OPENSEARCH_PASSWORD", "three");
    const overridden = sharedServer(connection);
    vi.unstubAllEnvs();
    expect(overridden).not.toBe(sharedServer(connection));
  });
});
