import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, outputsSchema } from "../../toolchain/demo/question";
import { freePort } from "../../toolchain/ollama-server";
import { watchConnections } from "./support/connections";
import { changes, Project, position, type Run } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const PASSWORD = "Canary-Passw0rd-7531";
/** Docker's own names carry the stack's, so a run does not meet the leftovers of another. */
const STACK = `test${process.pid}`;
const PREFIX = `pulumi-ollama-chat-${STACK}-chat`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const lines = (text: string) => text.split("\n").filter(Boolean);

describe.skipIf(!hasEngine || !hasDocker)("the stack in Docker", () => {
  let project: Project;
  let config: Record<string, unknown>;
  let first: Run;
  let blocker: Server | undefined;

  const outputs = async () => outputsSchema.parse(await project.outputs());

  beforeAll(async () => {
    config = {
      opensearchImage: toolchain?.images?.opensearch,
      ollamaImage: toolchain?.images?.ollama,
      opensearchPort: await freePort(),
      ollamaPort: await freePort(),
      modelOptions: { num_predict: 8, num_thread: 1 },
    };
    project = await Project.ofRepository(STACK, config);
  });

  afterAll(async () => {
    blocker?.close();
    await project?.destroy();
    project?.remove();
  });

  it("without a password, the error gives the line that sets it", async () => {
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("pulumi config set --secret opensearchPassword 'Your-Passw0rd'");
    await project.secret("opensearchPassword", "short");
    const weak = await project.preview();
    expect(weak.output).toContain(
      "error: opensearchPassword is too weak: it must have 8 characters at least, with upper and lower case, a digit and a special character, or OpenSearch will not start.",
    );
    expect(weak.output).not.toContain('"short"');
    await project.secret("opensearchPassword", PASSWORD);
  });

  it("a port that somebody else holds stops the run before any container is made", async () => {
    const port = Number(config.ollamaPort);
    blocker = createServer();
    await new Promise<void>((listening) => blocker?.listen(port, "127.0.0.1", listening));
    const run = await project.up();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `error: ollamaPort is ${port}: something else on this machine listens on 127.0.0.1:${port} already. Stop it, or choose another port with`,
    );
    expect(changes(run)).toEqual([]);
    await new Promise<void>((closed) => blocker?.close(() => closed()));
    blocker = undefined;
  });

  it("gpus reach the container's inputs, seen in preview", async () => {
    project.configure({ ...config, ollamaGpus: "all" });
    const run = await project.preview();
    expect(run.output).toMatch(/gpus *: "all"/);
    project.configure(config);
  });

  it("first up: both servers boot side by side, everything else in the order of its dependencies", async () => {
    first = await project.up();
    expect(first.code, first.output).toBe(0);
    for (const container of ["chat-ollama", "chat-opensearch"]) {
      expect(first.steps.find(({ name }) => name === container)).toMatchObject({ op: "create" });
    }
    expect(position(first, "create TlsCertificate")).toBeLessThan(position(first, "create ClusterSetting"));
    expect(position(first, "create ClusterSetting")).toBeLessThan(position(first, "create Connector"));
    expect(position(first, "create OllamaModel")).toBeLessThan(position(first, "create DeployedModel"));
    expect(position(first, "create Connector")).toBeLessThan(position(first, "create DeployedModel"));
  });

  it("a real model answers over TLS that our own authority vouches for, and the call stays on the machine", async () => {
    const watch = watchConnections([`${PREFIX}-ollama`, `${PREFIX}-opensearch`]);
    const answer = await ask("Why is the sky blue?", await outputs());
    const seen = await watch.stop();
    expect(answer.text).not.toBe("");
    expect(seen.samples).toBeGreaterThan(0);
    expect(seen.inside.length).toBeGreaterThan(0);
    expect(seen.outside).toEqual([]);
  });

  it("ports are published on 127.0.0.1 only", () => {
    for (const part of ["ollama", "opensearch"]) {
      const ports = docker("inspect", `${PREFIX}-${part}`, "--format", "{{json .HostConfig.PortBindings}}");
      expect(ports.match(/"HostIp":"[^"]*"/g)).toEqual(['"HostIp":"127.0.0.1"']);
    }
  });

  it("a wrong password is refused", async () => {
    await expect(ask("Hello?", { ...(await outputs()), opensearchPassword: "Wr0ng-Passw0rd" })).rejects.toThrow(
      "OpenSearch answered the question with status 401: Unauthorized",
    );
  });

  it("password and keys are nowhere in the state, nor in what was printed", () => {
    for (const text of [project.stateText(), first.output]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain("PRIVATE KEY");
    }
  });

  it("a preview after up shows no change, though our own containers hold the ports", async () => {
    const run = await project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("a refresh shows no change, and neither does the preview after it", async () => {
    const refreshed = await project.refresh("--expect-no-changes");
    expect(refreshed.code, refreshed.output).toBe(0);
    const run = await project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("a changed connector is swapped: the model's id stays, and it still answers", async () => {
    const before = await outputs();
    project.configure({ ...config, modelOptions: { num_predict: 9, num_thread: 1 } });
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    const order = ["create-replacement Connector", "update DeployedModel", "delete-replaced Connector"];
    expect(changes(run).filter((step) => order.includes(step))).toEqual(order);
    const after = await outputs();
    expect(after.modelId).toBe(before.modelId);
    expect((await ask("Are you still there?", after)).text).not.toBe("");
  });

  it("a container that was removed by hand comes back by the way the error names, with its data", async () => {
    const before = await outputs();
    docker("rm", "--force", `${PREFIX}-opensearch`);
    const blind = await project.refresh();
    expect(blind.code).not.toBe(0);
    expect(blind.output).toContain("One that was removed: pulumi refresh --target '**::*-opensearch', then pulumi up.");
    const targeted = await project.refresh("--target", "**::*-opensearch");
    expect(targeted.code, targeted.output).toBe(0);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toEqual(["create Container"]);
    const after = await outputs();
    expect(after.modelId).toBe(before.modelId);
    expect((await ask("Are you back?", after)).text).not.toBe("");
  });

  it("destroy takes everything down in order and leaves nothing but images", async () => {
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    const containers = changes(run).flatMap((step, i) => (step === "delete Container" ? [i] : []));
    expect(containers).toHaveLength(2);
    for (const ml of ["DeployedModel", "Connector", "ModelGroup", "ClusterSetting"]) {
      expect(position(run, `delete ${ml}`)).toBeLessThan(Math.max(...containers));
    }
    expect(position(run, "delete DeployedModel")).toBeLessThan(Math.min(...containers));
    expect(position(run, "delete Network")).toBeGreaterThan(Math.max(...containers));
    const filter = ["--filter", `name=${PREFIX}`, "--format", "{{.Names}}"];
    expect(lines(docker("ps", "--all", ...filter))).toEqual([]);
    expect(lines(docker("network", "ls", "--filter", `name=${PREFIX}`, "--format", "{{.Name}}"))).toEqual([]);
    expect(lines(docker("volume", "ls", "--filter", `name=${PREFIX}`, "--format", "{{.Name}}"))).toEqual([]);
    expect(project.resources()).toEqual([]);
  });
});
