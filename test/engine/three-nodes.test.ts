import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { clusterHealth } from "../../clients/opensearch/health";
import { Deadline, waitFor } from "../../clients/wait";
import { keepAsking } from "./support/asking";
import { clientOf, clusterConfig, outputsOf, untilThreeAndGreen } from "./support/nodes";
import { Project, type Run } from "./support/project";
import { hasDocker, hasEngine } from "./support/toolchain";

const STACK = `nodes${process.pid}`;
const NODES = ["opensearch", "opensearch-2", "opensearch-3"] as const;
const containerOf = (node: string) => `pulumi-ollama-chat-${STACK}-chat-${node}`;
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** What a node's container and its wait went through, in order. */
function nodeSteps(run: Run): string[] {
  return run.steps
    .filter(({ op, name }) => op !== "same" && /^chat-opensearch(?:-\d)?(?:-health)?$/.test(name))
    .map(({ op, name }) => `${op} ${name}`);
}

/** Three servers boot one after the other, twice. On a busy machine each may take minutes. */
const LIMIT = { timeout: 1_800_000 };

describe.skipIf(!hasEngine || !hasDocker || process.env.TEST_ALL !== "1")("a cluster of three nodes", LIMIT, () => {
  let project: Project;
  let config: Record<string, unknown>;

  const fine = (run: Run) => expect(run.code, run.output).toBe(0);
  const outputs = async () => await outputsOf(project);
  const client = async (asker: "admin" | "predict") => await clientOf(project, asker);

  beforeAll(async () => {
    config = { ...(await clusterConfig()), opensearchNodes: 3 };
    project = await Project.ofRepository(STACK, config);
    await project.secret("opensearchPassword", "Canary-Passw0rd-7531");
  });

  afterAll(async () => {
    await project?.destroy();
    project?.remove();
  });

  it("starts node by node, and each joins before the next begins", async () => {
    const run = await project.up();
    fine(run);
    expect(nodeSteps(run)).toEqual(NODES.flatMap((node) => [`create chat-${node}`, `create chat-${node}-health`]));
    expect(await clusterHealth(await client("admin"))).toMatchObject({ status: "green", nodes: 3 });
    fine(await project.preview("--expect-no-changes"));
  });

  it("each node has a certificate of its own, by the stack's authority, and answers the question", async () => {
    const { opensearchEndpoints, opensearchCaCertificate: caCertificate, ...told } = await outputs();
    expect(opensearchEndpoints).toHaveLength(3);
    for (const endpoint of opensearchEndpoints) {
      const server = openSearch({
        endpoint,
        caCertificate,
        username: told.predictUsername,
        password: told.predictPassword,
      });
      const asking = keepAsking(server, told.modelId, 60);
      await waitFor(async () => (asking.answers > 0 ? { done: true } : { last: "no answer" }), {
        waitingFor: `an answer through ${endpoint}`,
        deadline: Deadline.after(120_000),
      });
      expect((await asking.stop()).lost).toEqual([]);
    }
    const prints = NODES.map((node) => docker("exec", containerOf(node), "sha256sum", "config/certs/node.pem"));
    expect(new Set(prints).size).toBe(3);
  });

  it.each(NODES)("%s is killed under questions: a client that knows all nodes loses none of them", async (node) => {
    const { modelId } = await outputs();
    const asking = keepAsking(await client("predict"), modelId, 120);
    const answered = async (more: number) => {
      const wanted = asking.answers + more;
      const look = async () => (asking.answers >= wanted ? { done: true } : { last: `${asking.answers} answers` });
      await waitFor(look, { waitingFor: `${more} answers`, deadline: Deadline.after(300_000) });
    };
    await answered(5);
    docker("kill", containerOf(node));
    await answered(20);
    const killed = performance.now();
    docker("start", containerOf(node));
    await untilThreeAndGreen(project);
    const asked = await asking.stop();
    console.log(
      `${node} killed: ${JSON.stringify(asked)}; green ${Math.round((performance.now() - killed) / 1000)} s after its start`,
    );
    expect(asked.lost).toEqual([]);
  });

  it("a change of heap replaces one node at a time, and questions go on", async () => {
    const { modelId } = await outputs();
    const asking = keepAsking(await client("predict"), modelId, 120);
    config = { ...config, opensearchHeap: "544m" };
    project.configure(config);
    const run = await project.up();
    const asked = await asking.stop();
    fine(run);
    console.log(`rolling change: ${JSON.stringify(asked)}`);
    expect(nodeSteps(run)).toEqual(
      NODES.flatMap((node) => [
        `delete-replaced chat-${node}`,
        `replace chat-${node}`,
        `create-replacement chat-${node}`,
        `update chat-${node}-health`,
      ]),
    );
    expect(asked.lost).toEqual([]);
    expect((await outputs()).modelId).toBe(modelId);
    expect(await clusterHealth(await client("admin"))).toMatchObject({ status: "green", nodes: 3 });
    for (const node of NODES) {
      expect(docker("exec", containerOf(node), "sh", "-c", "tr '\\0' ' ' < /proc/1/cmdline")).toContain("-Xmx544m");
    }
  });

  it("destroy leaves nothing", async () => {
    fine(await project.destroy());
    const filter = ["--filter", `name=pulumi-ollama-chat-${STACK}`, "--quiet"];
    expect(docker("ps", "--all", ...filter) + docker("volume", "ls", ...filter)).toBe("");
  });
});
