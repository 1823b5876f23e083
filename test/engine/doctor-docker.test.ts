import { execFile } from "node:child_process";
import { createServer, type Server } from "node:net";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { containerChecks } from "../../cli/commands/doctor/checks/containers";
import {
  ADAPTED_SECURITY_LABEL,
  type Container,
  stackContainers,
} from "../../cli/commands/doctor/docker/stack-containers";
import { thisMachine } from "../../cli/commands/doctor/machine";
import { runChecks } from "../../cli/commands/doctor/run-checks";
import { Scene } from "../../cli/commands/doctor/scene";
import { DockerEngine } from "../../clients/docker/engine";
import { STACK_LABEL } from "../../components/stack-label";
import { diagnose } from "../../diagnosis/diagnose";
import { freePort } from "../../tools/toolchain/ollama-server";
import { DOCKER_WORDS } from "../server/diagnosis/docker-words";
import { hasDocker, toolchain } from "./support/toolchain";

const docker = async (...args: string[]) => (await promisify(execFile)("docker", args)).stdout.trim();
const images = toolchain?.images;
/** Names of what a test made. */
const made: string[] = [];
let blocker: Server | undefined;

afterEach(async () => {
  blocker?.close();
  blocker = undefined;
  if (made.length > 0) await docker("rm", "--force", ...made.splice(0));
});

/** A container of a stack, or of somebody else's, not started yet. */
async function create(part: "ollama" | "opensearch" | "else", port: number): Promise<string> {
  const name = `doctor-test-${process.pid}-${part}`;
  const labels = part === "else" ? [] : ["--label", `${STACK_LABEL}=doctor/test`];
  await docker(
    "create",
    "--name",
    name,
    ...labels,
    "-p",
    `127.0.0.1:${port}:1`,
    images?.[part === "else" ? "ollama" : part] ?? "",
  );
  made.push(name);
  return name;
}

/** What Docker knows of the container behind Ollama's port. */
async function seen(port: number) {
  const access = { source: "test", api: "generate", ollamaEndpoint: `http://127.0.0.1:${port}` };
  const scene = new Scene(access, thisMachine(), 5);
  const results = await runChecks(containerChecks, scene);
  const container = (await scene.container("ollama"))?.container;
  return { container, line: results.find(({ id }) => id === "container-ollama") };
}

function expectPortTaken(container: Container | undefined, words: string): void {
  const { Error: error = "" } = container?.State ?? {};
  // What stands before depends on Docker's release.
  expect(error.endsWith(words), error).toBe(true);
  expect(diagnose(error)?.id).toBe("port-taken");
}

describe.skipIf(!hasDocker)("doctor on the real Docker", () => {
  it("names the program that holds a container's port", async () => {
    const port = await freePort();
    blocker = createServer().listen(port, "127.0.0.1");
    const name = await create("ollama", port);
    await expect(docker("start", name)).rejects.toThrow();
    const { container, line } = await seen(port);
    expectPortTaken(container, DOCKER_WORDS.program);
    expect(line).toMatchObject({ status: "fail", symptom: "port-taken" });
    expect(line?.seen).toMatch(
      new RegExp(`^${name} could not start: port ${port} is held by .+ \\(process ${process.pid}\\)$`),
    );
  });

  it("names the container that holds it", async () => {
    const port = await freePort();
    const holder = await create("else", port);
    await docker("start", holder);
    const name = await create("ollama", port);
    await expect(docker("start", name)).rejects.toThrow();
    const { container, line } = await seen(port);
    expectPortTaken(container, DOCKER_WORDS.container);
    expect(line).toMatchObject({
      status: "fail",
      symptom: "port-taken",
      seen: `${name} could not start: port ${port} is held by the container ${holder}`,
    });
  });

  it("tells a stopped container by its exit code", async () => {
    const port = await freePort();
    const name = await create("ollama", port);
    await docker("start", name);
    await docker("stop", "--time", "0", name);
    const { line } = await seen(port);
    expect(line).toMatchObject({ status: "fail", symptom: "container-stopped" });
    expect(line?.seen).toMatch(new RegExp(`^${name} is exited, exit code \\d+`));
  });

  it("reads in the toolchain's own image of which release its security plugin is", async () => {
    const port = await freePort();
    await create("opensearch", port);
    const engine = DockerEngine.at(thisMachine().dockerHost) ?? expect.unreachable("a local Docker");
    const access = { source: "test", api: "generate", opensearch: { endpoint: `https://127.0.0.1:${port}` } };
    const { containers } = await stackContainers(engine, access);
    expect(containers.opensearch?.Config.Labels?.[ADAPTED_SECURITY_LABEL]).toBe(toolchain?.adaptedSecurity);
  });
});
