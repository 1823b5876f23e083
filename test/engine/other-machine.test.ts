import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, outputsSchema } from "../../tools/toolchain/demo/question";
import { freePort } from "../../tools/toolchain/ollama-server";
import { DOCKER_PORT, OtherMachine } from "./support/other-machine";
import { changes, Project, repository } from "./support/project";
import { hasDocker, hasEngine, hasOtherMachine, toolchain } from "./support/toolchain";

const PASSWORD = "Canary-Passw0rd-7531";
const NAME = `machines${process.pid}`;

const PROGRAM = `
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { OllamaChatStack } from "pulumi-ollama-chat";

const config = new pulumi.Config();
const host = config.require("dockerHost");
const certPath = config.get("certPath");
const gpu = new docker.Provider("gpu", { host, certPath });
const place = (part: string) =>
  config.require("there") === part
    ? { docker: gpu, publishAddress: config.get("publishAddress") || undefined }
    : { publishAddress: config.get("ownAddress") };
const dies = config.get("dies");

const stack = new OllamaChatStack("chat", {
  model: config.require("model"),
  modelOptions: { num_predict: 8, num_thread: 1 },
  ollama: { ...place("ollama"), image: config.require("ollamaImage"), port: config.requireNumber("ollamaPort") },
  opensearch: {
    ...place("opensearch"),
    image: config.require("opensearchImage"),
    port: config.requireNumber("opensearchPort"),
    adminPassword: config.require("password"),
  },
  // Docker's provider does not notice that an entrypoint is no longer given.
  transform: {
    ollamaContainer: (args) => ({ ...args, entrypoints: dies ? ["sh", "-c", dies] : ["/bin/ollama", "serve"] }),
  },
});
export = stack.outputs();
`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const names = (text: string) => text.split("\n").filter((name) => name.startsWith(NAME));
const ALL = ["--format", "{{.Names}}"];
const [OLLAMA, OPENSEARCH] = [`${NAME}-dev-chat-ollama`, `${NAME}-dev-chat-opensearch`];

describe.skipIf(!hasEngine || !hasDocker || !hasOtherMachine)("a stack on two machines", () => {
  let machine: OtherMachine;
  let project: Project;
  let config: Record<string, unknown>;
  let before: z.infer<typeof outputsSchema>;

  const outputs = async () => outputsSchema.parse(await project.outputs());

  beforeAll(async () => {
    machine = await OtherMachine.start(toolchain?.otherMachine ?? "", [
      toolchain?.images?.ollama ?? "",
      ...(process.env.TEST_ALL === "1" ? [toolchain?.images?.opensearch ?? ""] : []),
    ]);
    config = {
      model: toolchain?.chatModel,
      ollamaImage: toolchain?.images?.ollama,
      opensearchImage: toolchain?.images?.opensearch,
      ollamaPort: await freePort(),
      opensearchPort: await freePort(),
      password: PASSWORD,
      dockerHost: machine.sshHost,
      publishAddress: "0.0.0.0",
      there: "ollama",
    };
    project = await Project.ofTypeScript(NAME, PROGRAM, config);
    project.environment("PATH", machine.path);
  });

  afterAll(async () => {
    await project?.destroy();
    project?.remove();
    await machine?.stop();
  });

  it("an address at which nobody could reach Ollama is refused in the preview, without a stack trace", async () => {
    project.configure({ ...config, publishAddress: "" });
    const run = await project.preview();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `error: OllamaChatStack "chat": ollama.publishAddress is missing: must be an IP address of ${machine.address}, or 0.0.0.0 for all that it has, because 127.0.0.1 is reached there only. Whoever reaches Ollama's port can use it without a password. To keep 127.0.0.1, forward the port to this machine and set ollama.hostname to localhost`,
    );
    expect(run.output.match(/^error: /gm)).toHaveLength(1);
    expect(run.output).not.toContain("    at ");
    project.configure({ ...config, dockerHost: "ssh://gpu-box.invalid" });
    const unknown = await project.preview();
    expect(unknown.code).not.toBe(0);
    expect(unknown.output).toContain(
      'error: OllamaChatStack "chat": ollama.hostname is missing: must be a name or an IP address under which the Docker host is reached from here, because its Docker address has the name gpu-box.invalid, which cannot be resolved',
    );
    expect(unknown.output.match(/^error: /gm)).toHaveLength(1);
    expect(unknown.output).not.toContain("    at ");
  });

  it("with all on this machine a model answers", async () => {
    project.configure({ ...config, there: "" });
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(names(docker("ps", ...ALL)).toSorted()).toEqual([OLLAMA, OPENSEARCH]);
    before = await outputs();
  });

  it("a container that ends there ends the wait, with the last lines of its log, read over ssh", async () => {
    project.configure({ ...config, dies: "echo no room for a model; exit 3" });
    const run = await project.up();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(
      `the container ${OLLAMA} ended with exit code 3 before it was healthy, and Docker starts it again and again. Its last lines:\n`,
    );
    expect(run.output).toContain("    no room for a model\n");
    const moved = changes(run).filter((step) => step.startsWith("create-replacement"));
    expect(moved.toSorted()).toEqual(
      ["Connector", "Container", "RemoteImage", "Volume"].map((type) => `create-replacement ${type}`),
    );
  });

  it("Ollama alone moves there: OpenSearch stays as it is, asks the port that Ollama publishes, and answers", async () => {
    const id = docker("inspect", OPENSEARCH, "--format", "{{.Id}}");
    project.configure(config);
    const run = await project.up();
    expect(run.code, run.output).toBe(0);
    expect(names(machine.docker("ps", ...ALL))).toEqual([OLLAMA]);
    expect(names(docker("ps", ...ALL))).toEqual([OPENSEARCH]);
    expect(docker("inspect", OPENSEARCH, "--format", "{{.Id}}")).toBe(id);
    expect(await project.outputs()).toMatchObject({
      ollamaEndpoint: `http://${machine.address}:${config.ollamaPort}`,
      opensearchEndpoint: `https://localhost:${config.opensearchPort}`,
      modelId: before.modelId,
    });
    expect((await ask("Who is there?", await outputs())).text).not.toBe("");
    const again = await project.preview("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
  });

  it("doctor looks where each server runs", async () => {
    const main = join(repository, "dist", "cli", "main.js");
    const { output } = await project.shell(`"${process.execPath}" "${main}" doctor --json`);
    const lines = z.array(z.object({ id: z.string(), status: z.string(), seen: z.string() })).parse(JSON.parse(output));
    expect(lines.filter(({ status }) => status === "fail")).toEqual([]);
    const seen = Object.fromEntries(lines.map((line) => [line.id, line.seen]));
    expect(seen["container-ollama"]).toBe(`running on ${machine.address}, healthy`);
    expect(seen["container-opensearch"]).toBe("running, healthy");
    expect(seen["stack-left-overs"]).toBe("none");
    expect(seen.docker).toContain(` on ${machine.address}; ${OLLAMA}`);
  });

  it("the configuration's Docker for Ollama is asked for its port, before any container is made", async () => {
    const own = await Project.ofRepository(NAME, {
      ollamaDockerHost: machine.sshHost,
      ollamaPublishAddress: "0.0.0.0",
      ollamaPort: config.ollamaPort,
      opensearchPort: await freePort(),
    });
    try {
      own.environment("PATH", machine.path);
      await own.secret("opensearchPassword", PASSWORD);
      const held = await own.preview();
      expect(held.output).toContain(
        `error: ollamaPort is ${config.ollamaPort}: a container of the stack ${NAME}/dev publishes it on ${machine.address} already. Stop it, or choose another port with`,
      );
      own.configure({ ollamaDockerHost: machine.sshHost, ollamaPublishAddress: "0.0.0.0", ollamaPort: DOCKER_PORT });
      const listening = await own.preview();
      expect(listening.output).toContain(
        `error: ollamaPort is ${DOCKER_PORT}: something else on ${machine.address} listens on ${machine.address}:${DOCKER_PORT} already. Stop it, or choose another port with`,
      );
      own.configure({
        ollamaDockerHost: machine.sshHost,
        ollamaPublishAddress: "0.0.0.0",
        ollamaPort: Number(config.ollamaPort) + 1,
        opensearchPort: await freePort(),
      });
      const free = await own.preview();
      expect(free.code, free.output).toBe(0);
      expect(free.output).toContain(`ollamaEndpoint         : "http://${machine.address}:`);
    } finally {
      own.remove();
    }
  });

  it("the example for a GPU box asks the Docker there for its GPUs, and plans OpenSearch here", async () => {
    const settings = { dockerHost: machine.sshHost, publishAddress: machine.address, model: "mistral:7b" };
    const example = await Project.ofProgram("ollama-chat-gpu-box", "examples/gpu-box/index.js", "dev", {
      ...settings,
      gpus: "all",
    });
    try {
      example.environment("PATH", machine.path);
      await example.secret("opensearchPassword", PASSWORD);
      const refused = await example.preview();
      expect(refused.output).toContain(
        `error: OllamaChatStack "chat": ollama.gpus is "all": Docker at ${machine.sshHost} has no runtime for GPUs, only `,
      );
      example.configure(settings);
      const run = await example.preview();
      expect(run.code, run.output).toBe(0);
      expect(run.output).toContain(`ollamaEndpoint         : "http://${machine.address}:11434"`);
      expect(run.output).toContain('opensearchEndpoint     : "https://localhost:9200"');
    } finally {
      example.remove();
    }
  });

  it.runIf(process.env.TEST_ALL === "1")(
    "the other way round, over TCP with TLS: OpenSearch there asks this machine's port",
    async () => {
      const gone = await project.destroy();
      expect(gone.code, gone.output).toBe(0);
      project.configure({
        ...config,
        there: "opensearch",
        dockerHost: machine.tcpHost,
        certPath: machine.certPath,
        ownAddress: machine.ownAddress,
      });
      const run = await project.up();
      expect(run.code, run.output).toBe(0);
      expect(names(machine.docker("ps", ...ALL))).toEqual([OPENSEARCH]);
      expect(names(docker("ps", ...ALL))).toEqual([OLLAMA]);
      expect(await project.outputs()).toMatchObject({
        ollamaEndpoint: `http://${machine.ownAddress}:${config.ollamaPort}`,
        opensearchEndpoint: `https://${machine.address}:${config.opensearchPort}`,
      });
      expect((await ask("Who is there?", await outputs())).text).not.toBe("");
      const again = await project.preview("--expect-no-changes");
      expect(again.code, again.output).toBe(0);
    },
  );

  it("destroy leaves nothing but images, on either", async () => {
    const run = await project.destroy();
    expect(run.code, run.output).toBe(0);
    for (const ask of [docker, (...args: string[]) => machine.docker(...args)]) {
      expect(names(ask("ps", "--all", ...ALL))).toEqual([]);
      for (const kind of ["network", "volume"]) {
        expect(names(ask(kind, "ls", "--format", "{{.Name}}"))).toEqual([]);
      }
    }
  });
});
