import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../tools/toolchain/ollama-server";
import { Project } from "./support/project";
import { hasDocker, hasEngine, toolchain } from "./support/toolchain";

const FORMER = `former${process.pid}`;
const RENAMED = `renamed${process.pid}`;
const VOLUME = `pulumi-ollama-chat-${FORMER}-chat-ollama`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();

const as = (stack: string) => `PULUMI_STACK=${stack}`;

describe.skipIf(!hasEngine || !hasDocker)("a stack that is renamed", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.ofRepository(FORMER, {
      // Nothing is asked of it: only what lies in Docker is made here.
      opensearchEndpoint: "http://127.0.0.1:9",
      ollamaImage: toolchain?.images?.ollama,
      ollamaPort: await freePort(),
    });
  });

  afterAll(async () => {
    await project?.shell(`${as(RENAMED)} pulumi destroy --yes --skip-preview`);
    project?.remove();
  });

  /** Nothing but what lies in Docker. */
  const parts = ["", "-network", "-ollama-volume", "-ollama-image", "-ollama"];
  const targets = parts.map((part) => `--target '**::chat${part}'`).join(" ");
  const up = async (stack: string) => {
    const { code, output } = await project.shell(`${as(stack)} pulumi up --yes --skip-preview ${targets}`);
    expect(code, output).toBe(0);
    return output;
  };

  it("keeps its container, its volume and its port", async () => {
    await up(FORMER);
    const id = docker("inspect", "--format", "{{.Id}}", VOLUME);
    expect((await project.shell(`pulumi stack rename ${RENAMED}`)).code).toBe(0);
    expect(await up(RENAMED)).toMatch(/Resources:\n +\d+ unchanged/);
    expect(docker("inspect", "--format", "{{.Id}}", VOLUME)).toBe(id);
    expect(docker("volume", "inspect", "--format", "{{.Name}}", VOLUME)).toBe(VOLUME);
  });
});
