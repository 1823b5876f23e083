import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../tools/toolchain/ollama-server";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD as PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { until } from "../support/until";
import { newBackend, Project, type Run } from "./support/project";
import { hasDocker, hasEngine, hasOllama, toolchain } from "./support/toolchain";
import { answersThrough, streamOf } from "./support/under-load";

const haproxy = toolchain?.images?.haproxy;
const canRun = hasEngine && hasDocker && haproxy !== undefined && process.env.TEST_ALL === "1";
const MODEL = "smollm2:135m";
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" }).trim();
/** What a run did, by resource. */
const named = ({ steps }: Run) => steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

/** A stack on a real OpenSearch, and the questions that go through it. */
async function stackOf(name: string, more: Readonly<Record<string, unknown>>) {
  const cluster = await TestCluster.start({ kind: "secured" });
  const config = {
    opensearchEndpoint: cluster.url,
    opensearchUsername: "admin",
    ollamaImage: toolchain?.images?.ollama,
    ollamaProxyImage: haproxy,
    ollamaPort: await freePort(),
    modelOptions: { num_predict: 24, num_thread: 1 },
    ...more,
  };
  const project = await Project.ofRepository(name, config, newBackend());
  await project.secret("opensearchPassword", PASSWORD);
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
  const ask = async () => {
    const { predictUrl = "" } = await outputs;
    const body = JSON.stringify({ parameters: { prompt: "Why is the sky blue?" } });
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(predictUrl, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.text();
  };
  let outputs = Promise.resolve<Record<string, string>>({});
  const up = async (changed: Readonly<Record<string, unknown>> = {}) => {
    project.configure({ ...config, ...changed });
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    outputs = project.outputs();
    await outputs;
    return run;
  };
  const stop = async () => {
    await project.destroy();
    project.remove();
    await cluster.close();
  };
  return { project, config, up, ask, stop, endpoint: `http://localhost:${config.ollamaPort}` };
}

type Stack = Awaited<ReturnType<typeof stackOf>>;

describe.skipIf(!canRun)("replicas of Ollama in Docker", () => {
  const name = `replicas${process.pid}`;
  const container = (part: string) => `pulumi-ollama-chat-${name}-chat-${part}`;
  /** How many questions a replica was put since a moment. */
  const questions = (part: string, since: string) =>
    docker("logs", "--since", since, container(part))
      .split("\n")
      .filter((line) => line.includes('POST     "/api/generate"')).length;
  let stack: Stack;
  beforeAll(async () => {
    stack = await stackOf(name, {});
  });
  afterAll(() => stack?.stop());

  it("two take the place of one in a single up, with the port and the volume of that one", async () => {
    await stack.up();
    await stack.ask();
    const run = await stack.up({ ollamaReplicas: 2 });
    const done = named(run);
    expect(done.filter((step) => /-volume|chat-model|chat-connector|chat-group|chat-settings/.test(step))).toEqual([
      "create chat-ollama-2-volume",
    ]);
    expect(done).toEqual(expect.arrayContaining(["replace chat-ollama", "update chat-ollama-model"]));
    expect(done).toEqual(expect.arrayContaining(["create chat-ollama-1", "create chat-ollama-2"]));
    await stack.ask();
    const again = await stack.project.preview("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
  });

  it("share the questions, and pass a stream on as it is written", async () => {
    const since = new Date().toISOString();
    await Promise.all(Array.from({ length: 6 }, () => stack.ask()));
    for (const part of ["ollama-1", "ollama-2"]) expect(questions(part, since)).toBeGreaterThan(0);
    const { chunks, firstAfter, seconds } = await streamOf(stack.endpoint, MODEL);
    expect(chunks).toBeGreaterThan(5);
    expect(firstAfter).toBeLessThan(seconds / 2);
  });

  it("one that is killed under load loses only the answers it was writing, and is asked again once it is back", async () => {
    const load = answersThrough(stack.ask, 6);
    await load.answers(8);
    const { begun } = load.now();
    docker("kill", container("ollama-2"));
    await load.answers(12);
    const { lost } = await load.stop();
    // The proxy gives each of two replicas half of six questions.
    expect(lost.length).toBeLessThanOrEqual(4);
    expect(lost.filter((question) => !begun.includes(question))).toEqual([]);

    docker("start", container("ollama-2"));
    const since = new Date().toISOString();
    await until("the replica to be asked again", async () => {
      await Promise.all([stack.ask(), stack.ask()]);
      return questions("ollama-2", since) > 0;
    });
  });

  it("one again takes the port back, and the rest goes", async () => {
    const done = named(await stack.up());
    expect(done).toEqual(
      expect.arrayContaining(["replace chat-ollama", "delete chat-ollama-1", "delete chat-ollama-2"]),
    );
    expect(done).not.toContain("delete chat-ollama-volume");
    await stack.ask();
  });
});

describe.skipIf(!canRun || !hasOllama)("several Ollamas that exist", () => {
  let servers: RunningOllama[];
  let stack: Stack;
  beforeAll(async () => {
    servers = await Promise.all([1, 2].map(() => startOllama({ forContainers: true })));
    const endpoints = servers.map(({ endpoint }) => endpoint);
    stack = await stackOf(`endpoints${process.pid}`, { ollamaEndpoints: endpoints });
  });
  afterAll(async () => {
    await stack?.stop();
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });

  it("answer behind the stack's proxy; one that is killed under load loses only the answers it was writing", async () => {
    const run = await stack.up();
    expect(named(run).filter((step) => step.endsWith("-model"))).toEqual(
      expect.arrayContaining(["create chat-ollama-model", "create chat-ollama-2-model"]),
    );
    const load = answersThrough(stack.ask, 6);
    await load.answers(6);
    const { begun } = load.now();
    process.kill(servers[1]?.processId ?? 0, "SIGKILL");
    await load.answers(10);
    const { lost } = await load.stop();
    expect(lost.length).toBeLessThanOrEqual(4);
    expect(lost.filter((question) => !begun.includes(question))).toEqual([]);
  });
});
