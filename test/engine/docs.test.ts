import { join } from "node:path";
import * as ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../tools/toolchain/ollama-server";
import { blocksOf } from "../support/documents/runnable";
import { type RunningOllama, startOllama } from "../support/ollama";
import { ADMIN_PASSWORD } from "../support/opensearch/address";
import { TestCluster } from "../support/opensearch/test-cluster";
import { DocumentShell } from "./support/document-shell";
import { hasDocker, hasEngine, hasOllama } from "./support/toolchain";

const FILE = "test/engine/docs.test.ts";

// The blocks of the documents, word for word. Each test runs those that name it, on one stack, in the readers' order.
describe.skipIf(!hasEngine || !hasOllama)("the commands in the documents", () => {
  let cluster: TestCluster;
  let ollama: RunningOllama;
  let shell: DocumentShell;

  beforeAll(async () => {
    shell = new DocumentShell(FILE);
    [cluster, ollama] = await Promise.all([TestCluster.start({ kind: "secured" }), startOllama()]);
    shell.write("ca.pem", cluster.server.caCertificate ?? "");
    // Servers that run already, so that no reader of this test waits for Docker; the rest is the repository's own.
    const config = {
      opensearchEndpoint: cluster.server.endpoint,
      opensearchUsername: "admin",
      opensearchCaCertificateFile: join(shell.folder, "ca.pem"),
      ollamaEndpoint: ollama.endpoint,
      modelOptions: { num_predict: 8, num_thread: 1 },
      // As in Docker, where a stack has this user unless told otherwise.
      opensearchPredictUser: true,
    };
    const lines = Object.entries(config).map(([key, value]) => `  pulumi-ollama-chat:${key}: ${JSON.stringify(value)}`);
    shell.write("Pulumi.dev.yaml", ["config:", ...lines, ""].join("\n"));
  });

  afterAll(async () => {
    await cluster?.close();
    await ollama?.stop();
    shell?.remove();
  });

  const ml = async (method: string, path: string) => {
    const authorization = `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    const body = method === "POST" ? "{}" : undefined;
    const answer = await fetch(`${cluster.url}${path}`, { method, headers, body });
    return (await answer.json()) as Record<string, unknown>;
  };

  const output = async (name: string) => (await shell.run(`pulumi stack output ${name}`)).stdout.trim();

  it("the README's stack comes up", async ({ task }) => {
    const printed = await shell.runBlocks(task.name, { [passwordIn(task.name)]: ADMIN_PASSWORD });
    expect(printed).toMatch(/predictUrl +: "https.*_predict"/);
    expect(printed).not.toContain(ADMIN_PASSWORD);
  });

  it("the README's question is answered", async ({ task }) => {
    expect((await shell.runBlocks(task.name)).trim()).not.toBe("");
  });

  it("the guide's command that starts sooner changes nothing", async ({ task }) => {
    expect(await shell.runBlocks(task.name)).toMatch(/\n +\d+ unchanged\n/);
  });

  it("the guide's question is answered, and its model is listed", async ({ task }) => {
    expect(await shell.runBlocks(task.name)).toContain("smollm2:135m");
  });

  it("the guide's conversation is answered", async ({ task }) => {
    expect((await shell.runBlocks(task.name)).trim()).not.toBe("");
  });

  it("the guide's prompts are answered", async ({ task }) => {
    expect((await shell.runBlocks(task.name)).trim()).not.toBe("");
  });

  it("the guide's question to predictUrl is answered", async ({ task }) => {
    expect((await shell.runBlocks(task.name)).trim()).not.toMatch(/^(null)?$/);
  });

  it("the guide's change of the api keeps the model id", async ({ task }) => {
    const modelId = await output("modelId");
    const printed = await shell.runBlocks(task.name);
    expect(printed.trim().split("\n").at(-1)).not.toMatch(/^(null)?$/);
    expect(await output("modelId")).toBe(modelId);
  });

  it("the guide's tuning reaches the connector", async ({ task }) => {
    await shell.runBlocks(task.name);
    const connector = await ml("GET", `/_plugins/_ml/connectors/${await output("connectorId")}`);
    expect(connector).toMatchObject({
      client_config: { read_timeout: 600 },
      parameters: { options: JSON.stringify({ num_ctx: 2048, num_predict: 64, num_thread: 1 }) },
    });
    expect(JSON.stringify(connector.actions)).toContain("keep_alive");
  });

  it("the README's servers elsewhere are used as they are", async ({ task }) => {
    await shell.run("pulumi stack init elsewhere");
    await shell.runBlocks(task.name);
    const { code, all } = await shell.run("pulumi preview --diff");
    expect(code, all).toBe(0);
    expect(all).toContain("https://search.example.com:9200");
    expect(all).toContain("http://ollama.example.com:11434/api/generate");
    expect(all).not.toContain("docker:");
    expect(all).not.toContain(passwordIn(task.name));
    await shell.run("pulumi stack select dev");
  });

  it.skipIf(!hasDocker)("the guide's second stack plans its own ports on the same host", async ({ task }) => {
    const [opensearch, ollamaPort] = [String(await freePort()), String(await freePort())];
    const printed = await shell.runBlocks(task.name, { "9201": opensearch, "11435": ollamaPort });
    expect(printed).toContain(`"https://localhost:${opensearch}"`);
    expect(printed).toContain(`"http://localhost:${ollamaPort}"`);
    expect(await output("opensearchEndpoint")).toBe(cluster.server.endpoint);
  });

  it.skipIf(!hasDocker)("the README's program plans a whole stack", async ({ task }) => {
    const [block] = blocksOf(FILE, task.name);
    const program = ts.transpileModule(block?.text ?? "", { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    shell.write("program/index.js", program.outputText);
    shell.write("program/Pulumi.yaml", PROGRAM);
    const { code, all } = await shell.run(`
      cd program
      pulumi stack init dev
      pulumi config set --secret opensearchPassword '${ADMIN_PASSWORD}'
      pulumi preview
    `);
    expect(code, all).toBe(0);
    for (const type of ["docker:index:Container", "OllamaModel", "ClusterSetting", "Connector", "DeployedModel"]) {
      expect(all).toContain(type);
    }
  });

  it("the guide's clean-up leaves nothing on the servers", async ({ task }) => {
    await shell.runBlocks(task.name);
    for (const kind of ["models", "connectors", "model_groups"]) {
      const { hits } = await ml("POST", `/_plugins/_ml/${kind}/_search`);
      expect((hits as { hits: unknown[] }).hits).toEqual([]);
    }
    expect(await ml("GET", "/_cluster/settings")).toEqual({ persistent: {}, transient: {} });
    expect((await shell.run("pulumi stack ls --json")).stdout).not.toContain('"dev"');
  });
});

/** The one that stands in the block of a claim. */
function passwordIn(claim: string): string {
  const [block] = blocksOf(FILE, claim);
  return /opensearchPassword '([^']+)'/.exec(block?.text ?? "")?.[1] ?? expect.unreachable(`no password: ${claim}`);
}

const PROGRAM = `name: program-of-mine
runtime:
  name: nodejs
  options:
    typescript: false
main: index.js
`;
