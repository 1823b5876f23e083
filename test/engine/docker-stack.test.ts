import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { putClusterSettings } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import { getIndex } from "../../clients/opensearch/indices";
import { undeployModel } from "../../clients/opensearch/models";
import { predict } from "../../clients/opensearch/predict";
import { Deadline, waitFor } from "../../clients/wait";
import { ask, outputsSchema } from "../../tools/toolchain/demo/question";
import { freePort } from "../../tools/toolchain/ollama-server";
import { blocksOf } from "../support/documents/runnable";
import { watchConnections } from "./support/connections";
import { changes, Project, position, type Run, repository } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const PASSWORD = "Canary-Passw0rd-7531";
const ROTATED = "Canary-Passw0rd-7532";
const AUTO_DEPLOY = "plugins.ml_commons.model_auto_deploy.enable";
/** The server's job that turns a model which was just undeployed into DEPLOY_FAILED now and then. */
const SYNC_UP = "plugins.ml_commons.sync_up_job_interval_in_seconds";
/** Docker's own names carry the stack's, so a run does not meet the leftovers of another. */
const STACK = `test${process.pid}`;
const PREFIX = `pulumi-ollama-chat-${STACK}-chat`;
/** An address of this machine that is not loopback and belongs to no bridge of Docker's. */
const HOST_ADDRESS = Object.entries(networkInterfaces())
  .filter(([name]) => !/^(?:docker|br-|veth)/.test(name))
  .flatMap(([, all]) => all ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

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
      rag: true,
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
    expect(run.output).toContain("pulumi config set --secret opensearchPassword 'Your-0wn-Passw0rd'");
    await project.secret("opensearchPassword", "short");
    const weak = await project.preview();
    expect(weak.output).toContain(
      "error: opensearchPassword can't be used: it has fewer than 8 characters. It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.",
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

  it("what the machine does not have stops the preview: GPUs, CPUs and memory", async () => {
    const { NCPU, MemTotal, Runtimes } = z
      .object({ NCPU: z.number(), MemTotal: z.number(), Runtimes: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(docker("info", "--format", "{{json .}}")));
    const host = process.env.DOCKER_HOST || "unix:///var/run/docker.sock";
    const noGpus = [
      { ollamaGpus: "all" },
      `ollama.gpus is "all": Docker at ${host} has no runtime for GPUs, only ${Object.keys(Runtimes).join(", ")}.`,
    ] as const;
    for (const [wrong, message] of [
      ...("nvidia" in Runtimes ? [] : [noGpus]),
      [
        { ollamaCpus: NCPU + 1 },
        `ollama.cpus is ${NCPU + 1}: must be ${NCPU} at most, the CPUs of the Docker host at ${host}`,
      ],
      [{ opensearchHeap: "512m", opensearchMemory: "768m" }, 'opensearch.heap is "512m": must be 448m at most to fit'],
      [{ opensearchHeap: "1023g" }, `to fit into the ${Math.floor(MemTotal / 2 ** 20)}m of the Docker host at ${host}`],
    ] as const) {
      project.configure({ ...config, ...wrong });
      const run = await project.preview();
      expect(run.code).not.toBe(0);
      expect(run.output).toContain(message);
      expect(run.output).not.toContain("    at ");
    }
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

  it("the README's curl is answered, over TLS that our own authority vouches for", async ({ task }) => {
    const [block] = blocksOf("test/engine/docker-stack.test.ts", task.name);
    const { code, output } = await project.shell(block?.text ?? "");
    expect(code, output).toBe(0);
    expect(output).toMatch(/"dataAsMap":\{.*"response":"[^"]+/);
    // The authority is what makes it work: curl has no other reason to trust this server.
    const stranger = await project.shell('curl --silent "$(pulumi stack output opensearchEndpoint)"');
    expect(stranger.code).toBe(60);
  });

  it("beside it an embedding model makes vectors, and OpenSearch itself keeps the index of passages", async () => {
    const { embeddingModelId, ragIndex, ...others } = await project.outputs();
    const server = openSearch({
      endpoint: others.opensearchEndpoint ?? "",
      username: others.opensearchUsername,
      password: others.opensearchPassword,
      caCertificate: others.opensearchCaCertificate,
    });
    const answer = await predict(server, embeddingModelId ?? "", { input: ["one", "two"] }, Deadline.after(60_000));
    const vectors = answer.inference_results[0]?.output?.map(({ data }) => (data as number[]).length);
    expect(vectors).toEqual([384, 384]);
    const index = await getIndex(server, ragIndex ?? "");
    expect(index?.mappings).toMatchObject({
      _meta: { ollamachat: { embeddingModel: "all-minilm", dimension: 384 } },
      properties: { vector: { type: "knn_vector", dimension: 384 } },
    });
    expect(index?.settings).toMatchObject({ "index.number_of_replicas": "0", "index.number_of_shards": "1" });
  });

  const doctor = async (...flags: string[]) => {
    const command = join(repository, "dist", "cli", "main.js");
    const { code, output } = await project.shell(`"${process.execPath}" "${command}" doctor --json ${flags.join(" ")}`);
    expect(output).not.toContain(PASSWORD);
    const checks = z.array(
      z.object({ id: z.string(), status: z.string(), seen: z.string(), symptom: z.string().optional() }),
    );
    return { code, lines: checks.parse(JSON.parse(output)) };
  };
  const wrong = (lines: readonly { id: string; status: string; symptom?: string }[]) =>
    lines.filter(({ status }) => status === "fail").map(({ id, symptom }) => [id, symptom]);

  it("doctor passes every link, from the containers to a vector", async () => {
    const { code, lines } = await doctor();
    expect(wrong(lines)).toEqual([]);
    expect(code).toBe(0);
    const seen = Object.fromEntries(lines.map((line) => [line.id, line]));
    for (const id of ["container-opensearch", "container-ollama"]) expect(seen[id]?.seen).toBe("running, healthy");
    expect(seen["opensearch-tls"]?.seen).toBe("signed by an authority that is trusted here");
    expect(seen["connector-address"]?.seen).toBe("http://ollama:11434");
    expect(seen["ollama-model"]?.seen).toMatch(/^smollm2:135m, \d+ MB; all-minilm, \d+ MB$/);
    expect(seen.reply?.seen).toMatch(/^dataAsMap\.response: "./);
    expect(seen.embedding?.seen).toMatch(/^384 dimensions after /);
    for (const id of ["cluster-disk", "read-only-blocks", "docker-disk"]) expect(seen[id]?.status).not.toBe("skipped");
  });

  it("doctor names a container that was stopped, and nothing else; started again, all is well", async () => {
    docker("stop", `${PREFIX}-ollama`);
    const { code, lines } = await doctor().finally(() => docker("start", `${PREFIX}-ollama`));
    expect(wrong(lines)).toEqual([["container-ollama", "container-stopped"]]);
    expect(code).toBe(4);
    expect(lines.find(({ id }) => id === "predict")?.seen).toBe("waits for: Ollama container");
    const health = async () => {
      const last = docker("inspect", `${PREFIX}-ollama`, "--format", "{{.State.Health.Status}}");
      return last === "healthy" ? { done: true } : { last };
    };
    await waitFor(health, { waitingFor: "Ollama's container to be healthy", deadline: Deadline.after(60_000) });
    expect(wrong((await doctor()).lines)).toEqual([]);
  });

  it("doctor --fix deploys a model that was undeployed", async () => {
    const {
      opensearchEndpoint = "",
      opensearchCaCertificate,
      opensearchPassword: password,
      ...others
    } = await project.outputs();
    const connection = {
      endpoint: opensearchEndpoint,
      username: "admin",
      password,
      caCertificate: opensearchCaCertificate,
    };
    const server = openSearch(connection);
    await putClusterSettings(server, { persistent: { [AUTO_DEPLOY]: false, [SYNC_UP]: 0 } });
    try {
      await undeployModel(server, others.modelId ?? "");
      const broken = await doctor();
      expect([broken.code, wrong(broken.lines)]).toEqual([4, [["model-state", "model-undeployed"]]]);
      const mended = await doctor("--fix", "--yes");
      expect([mended.code, wrong(mended.lines)]).toEqual([0, []]);
    } finally {
      await putClusterSettings(server, { persistent: { [AUTO_DEPLOY]: null, [SYNC_UP]: null } });
    }
  });

  it("ports are published on 127.0.0.1 only", () => {
    for (const part of ["ollama", "opensearch"]) {
      const ports = docker("inspect", `${PREFIX}-${part}`, "--format", "{{json .HostConfig.PortBindings}}");
      expect(ports.match(/"HostIp":"[^"]*"/g)).toEqual(['"HostIp":"127.0.0.1"']);
    }
  });

  it("a wrong password is refused", async () => {
    await expect(ask("Hello?", { ...(await outputs()), opensearchPassword: "Wr0ng-Passw0rd" })).rejects.toThrow(
      "GET / answered 401: Unauthorized",
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

  it.skipIf(HOST_ADDRESS === undefined)(
    "on an address of the host, everybody asks there: clients, certificate, outputs, port check and doctor",
    async () => {
      const before = await outputs();
      const port = Number(config.opensearchPort);
      project.configure({ ...config, publishAddress: HOST_ADDRESS });
      const moved = await project.up();
      expect(moved.code, moved.output).toBe(0);
      // A stranger on loopback with the same port: whoever still asks localhost would meet it.
      blocker = createServer((socket) => socket.end("HTTP/1.1 418 a stranger\r\n\r\n"));
      await new Promise<void>((listening) => blocker?.listen(port, "127.0.0.1", listening));
      try {
        const after = await outputs();
        expect(after).toMatchObject({
          opensearchEndpoint: `https://${HOST_ADDRESS}:${port}`,
          modelId: before.modelId,
        });
        expect((await project.outputs()).ollamaEndpoint).toBe(`http://${HOST_ADDRESS}:${config.ollamaPort}`);
        expect((await ask("Are you reached there?", after)).text).not.toBe("");
        const { code, lines } = await doctor();
        expect([code, wrong(lines)]).toEqual([0, []]);
        for (const id of ["container-opensearch", "container-ollama"]) {
          expect(lines.find((line) => line.id === id)?.seen).toBe("running, healthy");
        }
        const run = await project.preview("--expect-no-changes");
        expect(run.code, run.output).toBe(0);
      } finally {
        await new Promise<void>((closed) => blocker?.close(() => closed()));
        blocker = undefined;
      }
    },
  );

  it("a changed password is set on the running cluster: the container stays, and the old one lets nobody in", async () => {
    const before = docker("inspect", "--format", "{{.Id}}", `${PREFIX}-opensearch`);
    const { modelId } = await outputs();
    await project.secret("opensearchPassword", ROTATED);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(position(run, "update SecurityPassword")).toBeLessThan(position(run, "update ModelGroup"));
    expect(changes(run).filter((step) => !step.startsWith("update "))).toEqual([]);
    expect(docker("inspect", "--format", "{{.Id}}", `${PREFIX}-opensearch`)).toBe(before);
    const now = await project.outputs();
    expect([now.opensearchPassword, now.modelId]).toEqual([ROTATED, modelId]);
    const status = async (password: string) =>
      (
        await project.shell(
          `curl --silent --insecure --user 'admin:${password}' --output /dev/null --write-out '%{http_code}' "$(pulumi stack output opensearchEndpoint)"`,
        )
      ).output;
    expect([await status(PASSWORD), await status(ROTATED)]).toEqual(["401", "200"]);
    expect((await ask("Why is the sky blue?", await outputs())).text).not.toBe("");
    const still = await project.preview("--expect-no-changes");
    expect(still.code, still.output).toBe(0);
  });

  it("a container that was removed by hand comes back by the way the error names, with its data", async () => {
    const before = await outputs();
    docker("rm", "--force", `${PREFIX}-opensearch`);
    const blind = await project.refresh();
    expect(blind.code).not.toBe(0);
    expect(blind.output).toContain(
      "If the container was removed, run pulumi refresh --target '**::*-opensearch', then pulumi up.",
    );
    const targeted = await project.refresh("--target", "**::*-opensearch");
    expect(targeted.code, targeted.output).toBe(0);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(changes(run)).toEqual(["create Container", "update ContainerHealth"]);
    const after = await outputs();
    expect(after.modelId).toBe(before.modelId);
    expect((await ask("Are you back?", after)).text).not.toBe("");
  });

  it("destroy takes everything down in order and leaves nothing but images", async () => {
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    const containers = changes(run).flatMap((step, i) => (step === "delete Container" ? [i] : []));
    expect(containers).toHaveLength(2);
    for (const ml of ["DeployedModel", "Connector", "ModelGroup", "ClusterSetting", "SearchIndex"]) {
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
