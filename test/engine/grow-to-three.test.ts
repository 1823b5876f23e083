import { execFileSync } from "node:child_process";
import { Client } from "@opensearch-project/opensearch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterHealth } from "../../clients/opensearch/health";
import { Deadline, waitFor } from "../../clients/wait";
import { keepAsking } from "./support/asking";
import { clientOf, clusterConfig, outputsOf, untilThreeAndGreen } from "./support/nodes";
import { Project, type Run } from "./support/project";
import { hasDocker, hasEngine } from "./support/toolchain";

const STACK = `grown${process.pid}`;
const DOCUMENT = { text: "The lighthouse keeper's cat is called Ada." };

/** Four servers boot. On a busy machine each may take minutes. */
const LIMIT = { timeout: 1_800_000 };

describe.skipIf(!hasEngine || !hasDocker || process.env.TEST_ALL !== "1")("one node that becomes three", LIMIT, () => {
  let project: Project;
  let config: Record<string, unknown>;

  const fine = (run: Run) => expect(run.code, run.output).toBe(0);

  async function client(): Promise<Client> {
    const { opensearchEndpoints, opensearchPassword: password, opensearchCaCertificate } = await outputsOf(project);
    const nodes = [...opensearchEndpoints];
    return new Client({ nodes, auth: { username: "admin", password }, ssl: { ca: opensearchCaCertificate } });
  }

  beforeAll(async () => {
    config = await clusterConfig();
    project = await Project.ofRepository(STACK, config);
    await project.secret("opensearchPassword", "Canary-Passw0rd-7531");
    fine(await project.up());
  });

  afterAll(async () => {
    await project?.destroy();
    project?.remove();
  });

  it("keeps its data, its model and its ids, though an index waited for a second node", async () => {
    const before = await outputsOf(project);
    // With the server's default of one replica, one node stays yellow.
    await (await client()).index({ index: "notes", id: "1", body: DOCUMENT, refresh: true });
    expect(await clusterHealth(await clientOf(project, "admin"))).toMatchObject({ status: "yellow", nodes: 1 });
    config = { ...config, opensearchNodes: 3 };
    project.configure(config);
    fine(await project.up());
    expect(await clusterHealth(await clientOf(project, "admin"))).toMatchObject({ status: "green", nodes: 3 });
    expect((await outputsOf(project)).modelId).toBe(before.modelId);
    expect((await (await client()).get({ index: "notes", id: "1" })).body._source).toEqual(DOCUMENT);
    fine(await project.preview("--expect-no-changes"));
  });

  it("the first node is killed: no question is lost, and the document is there", async () => {
    const first = `pulumi-ollama-chat-${STACK}-chat-opensearch`;
    const asking = keepAsking(await clientOf(project, "predict"), (await outputsOf(project)).modelId, 120);
    const answered = async (more: number) => {
      const wanted = asking.answers + more;
      const look = async () => (asking.answers >= wanted ? { done: true } : { last: `${asking.answers} answers` });
      await waitFor(look, { waitingFor: `${more} answers`, deadline: Deadline.after(300_000) });
    };
    await answered(5);
    execFileSync("docker", ["kill", first]);
    await answered(20);
    expect((await (await client()).get({ index: "notes", id: "1" })).body._source).toEqual(DOCUMENT);
    execFileSync("docker", ["start", first]);
    await untilThreeAndGreen(project);
    const asked = await asking.stop();
    expect(asked.lost).toEqual([]);
    expect(asked.longestSeconds).toBeLessThan(60);
  });
});
