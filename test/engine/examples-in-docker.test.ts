import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { canSignIn } from "../../clients/opensearch/sign-in";
import { Deadline } from "../../clients/wait";
import { freePort } from "../../tools/toolchain/ollama-server";
import { clusterImage } from "./support/cluster-image";
import { changes, Project, type Run } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const fine = (run: Run) => expect(run.code, run.output).toBe(0);

const outputsSchema = z.object({
  predictUrl: z.string(),
  predictUsername: z.string(),
  predictPassword: z.string(),
  opensearchCaCertificate: z.string(),
});

/** Asks as a caller does who has nothing but the example's outputs. */
async function asked(project: Project) {
  const outputs = outputsSchema.parse(await project.outputs());
  const [, endpoint = "", modelId = ""] =
    /^(.*)\/_plugins\/_ml\/models\/(.*)\/_predict$/.exec(outputs.predictUrl) ?? [];
  const user = { username: outputs.predictUsername, password: outputs.predictPassword };
  const server = openSearch({ endpoint, caCertificate: outputs.opensearchCaCertificate, ...user });
  return await predict(server, modelId, { prompt: "Why is the sky blue?" }, Deadline.after(120_000));
}

/** Each starts the whole stack. On a busy machine each server may take minutes. */
const LIMIT = { timeout: 1_800_000 };

describe.skipIf(!hasEngine || !hasDocker || process.env.TEST_ALL !== "1")("an example", LIMIT, () => {
  let project: Project;
  let prefix: string;

  async function start(example: string): Promise<void> {
    const [name, stack] = [`ollama-chat-${example}`, `example${process.pid}`];
    prefix = `${name}-${stack}-chat`;
    project = await Project.ofProgram(name, `examples/${example}/index.js`, stack, {
      opensearchImage: clusterImage(),
      opensearchPort: await freePort(),
      ollamaImage: toolchain?.images?.ollama,
      ollamaPort: await freePort(),
    });
    await project.secret("opensearchPassword", "Canary-Passw0rd-7531");
    fine(await project.up());
  }

  afterEach(async () => {
    await project?.destroy();
    for (const part of ["opensearch", "ollama"]) docker("volume", "rm", "--force", `${prefix}-${part}`);
    project?.remove();
  });

  it("three-nodes runs three nodes", async () => {
    await start("three-nodes");
    const { output } = await project.cli("stack", "output", "--json", "opensearchEndpoints");
    expect(JSON.parse(output)).toHaveLength(3);
    expect((await asked(project)).inference_results).not.toEqual([]);
    fine(await project.destroy());
    expect(docker("volume", "ls", "--quiet", "--filter", `name=${prefix}`)).toBe("");
  });

  it("production runs within limits, lets a user ask and nothing else, rotates the password, and keeps data", async () => {
    await start("production");
    const memory = (part: string) => docker("inspect", "--format", "{{.HostConfig.Memory}}", `${prefix}-${part}`);
    expect([memory("opensearch"), memory("ollama")]).toEqual([String(2 * 2 ** 30), String(4 * 2 ** 30)]);
    expect((await asked(project)).inference_results).not.toEqual([]);
    const told = await project.outputs();
    expect(Object.keys(told)).not.toContain("opensearchPassword");
    // Rotation: the containers stay.
    await project.secret("opensearchPassword", "An0ther-Canary-2468");
    const rotated = await project.up();
    fine(rotated);
    expect(changes(rotated).filter((step) => step.endsWith("Container"))).toEqual([]);
    const endpoint = new URL(told.predictUrl ?? "").origin;
    const connection = { endpoint, caCertificate: told.opensearchCaCertificate };
    const inForce = async (password: string) => await canSignIn(connection, "admin", password, Deadline.after(60_000));
    expect([await inForce("Canary-Passw0rd-7531"), await inForce("An0ther-Canary-2468")]).toEqual([false, true]);
    expect((await asked(project)).inference_results).not.toEqual([]);
    fine(await project.destroy());
    const kept = docker("volume", "ls", "--quiet", "--filter", `name=${prefix}`).split("\n").sort();
    expect(kept).toEqual([`${prefix}-ollama`, `${prefix}-opensearch`]);
  });
});
