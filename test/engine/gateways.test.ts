import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusedByAws } from "../support/aws-signature";
import { Gateway } from "../support/gateway";
import { type RunningOllama, startOllama } from "../support/ollama";
import { TestCluster } from "../support/opensearch/test-cluster";
import { Project, type Run, repository } from "./support/project";
import { hasEngine, hasOllama } from "./support/toolchain";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "Canary-AWS-key/71" };
const DOMAIN = { region: "eu-central-1", service: "es", ...KEYS };
const [FIRST, SECOND] = ["Canary-Token-8812", "Canary-Token-8813"];

/** What a run did, by resource. */
const named = ({ steps }: Run) => steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

describe.skipIf(!hasEngine || !hasOllama)("a stack whose servers stand behind gateways", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let domain: Gateway;
  let gateway: Gateway;
  let token = FIRST;
  let project: Project;

  beforeAll(async () => {
    [cluster, ollama] = await Promise.all([TestCluster.start(), startOllama()]);
    const refuses = ({ headers }: IncomingMessage) =>
      headers.authorization === `Bearer ${token}` ? undefined : { status: 401, body: "Sign in" };
    domain = new Gateway({
      target: () => cluster.url,
      refuses: (request, body) => refusedByAws(request, body, DOMAIN),
    });
    gateway = new Gateway({ target: () => ollama.endpoint, prefix: "/ollama", refuses });
    await Promise.all([domain.start(), gateway.start()]);
    project = await Project.ofRepository("gateways", {
      opensearchEndpoint: domain.url,
      opensearchAwsRegion: DOMAIN.region,
      opensearchAwsAccessKeyId: KEYS.accessKeyId,
      ollamaEndpoint: gateway.url,
      api: "chat",
      modelOptions: { num_predict: 8, num_thread: 1 },
    });
    await project.secret("opensearchAwsSecretAccessKey", KEYS.secretAccessKey);
    await project.secret("ollamaToken", FIRST);
  });

  afterAll(async () => {
    project?.remove();
    await domain?.stop();
    await gateway?.stop();
    await cluster?.close();
    await ollama?.stop();
  });

  const cli = async (args: string) =>
    await project.shell(`"${process.execPath}" "${join(repository, "dist", "cli", "main.js")}" ${args}`);
  const noSecretIn = (text: string) => expect(text).not.toMatch(/Canary/);

  it("comes up, every request signed or with the token, and neither output nor state shows a secret", async () => {
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect([domain.refused, gateway.refused]).toEqual([[], []]);
    expect(gateway.passed).toContain("POST /ollama/api/chat");
    noSecretIn(run.output);
    noSecretIn(project.stateText());
    const again = await project.preview("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
  });

  it("ollama-chat finds signature and token in the stack: through OpenSearch, and straight to Ollama", async () => {
    for (const way of ["", "--direct"]) {
      const { code, output } = await cli(`ask --json ${way} Hello`);
      expect(code, output).toBe(0);
      expect(JSON.parse(output)).toMatchObject({ answer: expect.stringMatching(/\S/) });
    }
    expect([domain.refused, gateway.refused]).toEqual([[], []]);
  });

  it("takes a new token: models stay, the connector is replaced, and the deployed model keeps its id", async () => {
    const before = await project.outputs();
    token = SECOND;
    await project.secret("ollamaToken", SECOND);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(named(run).sort()).toEqual([
      "create-replacement chat-connector",
      "delete-replaced chat-connector",
      "replace chat-connector",
      "update chat-model",
      "update chat-ollama-model",
    ]);
    expect((await project.outputs()).modelId).toBe(before.modelId);
    noSecretIn(run.output);
    noSecretIn(project.stateText());
  });

  it("goes, and leaves nothing", async () => {
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    expect([domain.refused, gateway.refused]).toEqual([[], []]);
    expect(await (await fetch(`${cluster.url}/_cluster/settings`)).json()).toEqual({ persistent: {}, transient: {} });
  });
});
