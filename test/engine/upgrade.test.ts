import { execFileSync } from "node:child_process";
import { Client } from "@opensearch-project/opensearch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask, outputsSchema } from "../../tools/toolchain/demo/question";
import { freePort } from "../../tools/toolchain/ollama-server";
import { changes, Project, type Run } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const STACK = `upgrade${process.pid}`;
const RENAMED = `renamed${process.pid}`;
const PREFIX = `pulumi-ollama-chat-${STACK}-chat`;
const DOCUMENT = { text: "The lighthouse keeper's cat is called Ada." };

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const inspect = (container: string, template: string) => docker("inspect", "--format", template, container);

/** The same server as another image: what a new tag is to Docker. */
function nextImage(image: string | undefined, name: string): string {
  const tag = `ollama-chat-test/${name}:${STACK}`;
  const dockerfile = `FROM ${image}\nLABEL ollama-chat-test=${STACK}\n`;
  execFileSync("docker", ["build", "--tag", tag, "-"], { input: dockerfile, stdio: ["pipe", "ignore", "pipe"] });
  return tag;
}

describe.skipIf(!hasEngine || !hasDocker)("a stack that is run for long", () => {
  let project: Project;
  let config: Record<string, unknown>;
  const next = { opensearch: "", ollama: "" };

  const outputs = async () => outputsSchema.parse(await project.outputs());
  const fine = (run: Run) => expect(run.code, run.output).toBe(0);

  async function client(): Promise<Client> {
    const { opensearchEndpoint, opensearchPassword: password, opensearchCaCertificate } = await outputs();
    return new Client({
      node: opensearchEndpoint,
      auth: { username: "admin", password },
      ssl: { ca: opensearchCaCertificate },
    });
  }

  const keepDocument = async () =>
    await (await client()).index({ index: "notes", id: "1", body: DOCUMENT, refresh: true });
  const document = async () => (await (await client()).get({ index: "notes", id: "1" })).body._source;

  const models = async () => {
    const { ollamaEndpoint } = await project.outputs();
    const listed = z.object({ models: z.array(z.object({ name: z.string() })) });
    const answer = await fetch(`${ollamaEndpoint}/api/tags`);
    return listed.parse(await answer.json()).models.map(({ name }) => name);
  };

  beforeAll(async () => {
    config = {
      opensearchImage: toolchain?.images?.opensearch,
      ollamaImage: toolchain?.images?.ollama,
      opensearchPort: await freePort(),
      ollamaPort: await freePort(),
      modelOptions: { num_predict: 8, num_thread: 1 },
      opensearchHeap: "512m",
      opensearchMemory: "1g",
      opensearchCpus: "1.5",
      opensearchRetainData: true,
      ollamaMemory: "1g",
      ollamaLog: { driver: "local" },
      ollamaRetainModels: true,
    };
    project = await Project.ofRepository(STACK, config);
    await project.secret("opensearchPassword", "Canary-Passw0rd-7531");
    next.opensearch = nextImage(toolchain?.images?.opensearch, "opensearch");
    next.ollama = nextImage(toolchain?.images?.ollama, "ollama");
  });

  afterAll(async () => {
    await project?.destroy();
    for (const part of ["opensearch", "ollama"]) docker("volume", "rm", "--force", `${PREFIX}-${part}`);
    for (const image of Object.values(next)) if (image !== "") docker("image", "rm", image);
    project?.remove();
  });

  it("runs within its limits: memory without swap, CPUs, a bounded log, no capabilities, a read-only root", async () => {
    fine(await project.up());
    const limits = "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}";
    expect(inspect(`${PREFIX}-opensearch`, limits)).toBe("1073741824 1073741824 1500000000");
    expect(inspect(`${PREFIX}-ollama`, limits)).toBe("1073741824 1073741824 0");
    const log = "{{.HostConfig.LogConfig.Type}} {{.HostConfig.LogConfig.Config}}";
    expect(inspect(`${PREFIX}-opensearch`, log)).toBe("json-file map[max-file:3 max-size:10m]");
    expect(inspect(`${PREFIX}-ollama`, log)).toBe("local map[max-file:3 max-size:10m]");
    for (const part of ["ollama", "opensearch"]) {
      const status = docker("exec", `${PREFIX}-${part}`, "cat", "/proc/1/status");
      expect(status).toMatch(/^CapBnd:\t0+$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
    }
    expect(inspect(`${PREFIX}-ollama`, "{{.HostConfig.ReadonlyRootfs}}")).toBe("true");
    expect((await ask("Why is the sky blue?", await outputs())).text).not.toBe("");
  });

  it("neither a preview nor a refresh sees a change in that", async () => {
    fine(await project.preview("--expect-no-changes"));
    fine(await project.refresh("--expect-no-changes"));
    fine(await project.preview("--expect-no-changes"));
  });

  it("more memory and another restart policy reach the running containers", async () => {
    const id = inspect(`${PREFIX}-opensearch`, "{{.Id}}");
    config = { ...config, opensearchMemory: "3g", ollamaRestart: "on-failure:3" };
    project.configure(config);
    const run = await project.up();
    fine(run);
    expect(changes(run)).toEqual(["update Container", "update Container"]);
    expect(inspect(`${PREFIX}-opensearch`, "{{.Id}} {{.HostConfig.Memory}}")).toBe(`${id} 3221225472`);
    const policy = "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}";
    expect(inspect(`${PREFIX}-ollama`, policy)).toBe("on-failure 3");
  });

  it.each(["opensearch", "ollama"] as const)(
    "another image of %s keeps models, indices and documents",
    async (part) => {
      await keepDocument();
      const { ollamaEndpoint } = await project.outputs();
      const copy = JSON.stringify({ source: "smollm2:135m", destination: "kept" });
      expect((await fetch(`${ollamaEndpoint}/api/copy`, { method: "POST", body: copy })).status).toBe(200);
      const before = await outputs();
      config = { ...config, [`${part}Image`]: next[part] };
      project.configure(config);
      const run = await project.up();
      fine(run);
      const steps = changes(run).filter((step) => !step.endsWith("RemoteImage"));
      expect(steps).toEqual([
        "delete-replaced Container",
        "replace Container",
        "create-replacement Container",
        "update ContainerHealth",
      ]);
      const after = await outputs();
      expect(after).toMatchObject({ modelId: before.modelId });
      expect(await document()).toEqual(DOCUMENT);
      expect(await models()).toEqual(expect.arrayContaining(["kept:latest", "smollm2:135m"]));
      expect((await ask("Are you still there?", after)).text).not.toBe("");
    },
  );

  it("after a rename, a destroy and an up, everything that was to be retained is found again", async () => {
    await project.rename(RENAMED);
    fine(await project.destroy());
    for (const part of ["opensearch", "ollama"]) {
      expect(docker("volume", "inspect", "--format", "{{.Name}}", `${PREFIX}-${part}`)).toBe(`${PREFIX}-${part}`);
    }
    const preview = await project.preview();
    for (const [part, argument] of [
      ["opensearch", "opensearch.volume"],
      ["ollama", "ollama.volume"],
    ] as const) {
      expect(preview.output).toContain(
        `OllamaChatStack "chat": the volume ${PREFIX}-${part} is used again. It was kept when the stack pulumi-ollama-chat/${STACK} was destroyed, and this project has no stack of that name any more. To start with an empty volume, set ${argument} to a new name.`,
      );
    }
    // The volume has the former password.
    await project.secret("opensearchPassword", "An0ther-Canary-2468");
    fine(await project.up());
    expect(await document()).toEqual(DOCUMENT);
    expect(await models()).toEqual(expect.arrayContaining(["kept:latest", "smollm2:135m"]));
    expect((await ask("Are you back?", await outputs())).text).not.toBe("");
    const after = await project.preview("--expect-no-changes");
    fine(after);
    expect(after.output).not.toContain("is used again");
  });
});
