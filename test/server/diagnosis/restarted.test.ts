import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../tools/toolchain/ollama-server";
import { type OpenSearchServer, startOpenSearch } from "../../../tools/toolchain/opensearch/server";
import { readSelection } from "../../../tools/toolchain/selection";
import { DoctorWorld } from "../doctor/world";
import { masksOf } from "./acts";
import { provoke } from "./provocation";
import { RESTARTED_PROVOCATIONS, withoutKey } from "./restarted";

const ML_SETTINGS = {
  "plugins.ml_commons.sync_up_job_interval_in_seconds": 0,
  // What was deployed is loaded when it is asked, and not at some moment of the start.
  "plugins.ml_commons.model_auto_redeploy.enable": "false",
};
/** One start on a machine with other work. */
const START_MILLISECONDS = 300_000;

let server: OpenSearchServer;
let world: DoctorWorld;
let putKeyBack: () => Promise<unknown>;

const folder = mkdtempSync(join(tmpdir(), "ollama-chat-restarted-"));
chmodSync(folder, 0o711);
let port = 0;

async function start(settings: Readonly<Record<string, string | number>>): Promise<void> {
  const found = readSelection()?.opensearch;
  if (found === undefined) throw new Error("The toolchain has no OpenSearch: run npm test.");
  server = await startOpenSearch({ ...found, folder: join(folder, "server"), port, settings });
  // It answers before its indices are open again.
  await fetch(`${server.endpoint}/_cluster/health?wait_for_status=yellow&timeout=120s`);
}

beforeAll(async () => {
  port = await freePort();
  await start(ML_SETTINGS);
  world = await DoctorWorld.start({ server });
}, START_MILLISECONDS);

afterAll(async () => {
  await world?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a server that was started again", () => {
  beforeAll(async () => {
    putKeyBack = await withoutKey(world);
    await server.stop();
    await start(ML_SETTINGS);
  }, START_MILLISECONDS);

  it("without its key says so: master-key", async () => {
    await provoke(RESTARTED_PROVOCATIONS["without its key"], world, masksOf).finally(putKeyBack);
  });

  it("answers doctor, and its model is deployed again", async () => {
    const profile = `/_plugins/_ml/profile/models/${world.modelId}`;
    expect(await world.api("GET", profile)).toEqual({});
    const { exitCode, lines } = await world.doctor();
    expect([exitCode, lines.find(({ id }) => id === "predict")?.status]).toEqual([0, "ok"]);
    expect(JSON.stringify(await world.api("GET", profile))).toContain(world.modelId);
  });
});

describe("a server that was started again without ML Commons", () => {
  beforeAll(async () => {
    await server.stop();
    // neural-search is built on it.
    for (const plugin of ["opensearch-ml", "opensearch-neural-search"]) {
      rmSync(join(folder, "server", "home", "plugins", plugin), { recursive: true });
    }
    await start({});
  }, START_MILLISECONDS);

  it("refuses every change of settings: settings-archived", async () => {
    await provoke(RESTARTED_PROVOCATIONS["without a plugin: settings"], world, masksOf);
  });

  it("knows no model: ml-plugin-missing", async () => {
    await provoke(RESTARTED_PROVOCATIONS["without a plugin: models"], world, masksOf);
  });

  it("doctor names both, and nothing that only follows from them", async () => {
    const { exitCode, lines } = await world.doctor();
    expect(exitCode).toBe(4);
    const wrong = lines.filter(({ status }) => status === "fail" || status === "warn");
    expect(wrong.map(({ symptom, seen }) => [symptom, seen])).toEqual([
      [
        "settings-archived",
        "archived.plugins.ml_commons.connector.private_ip_enabled, archived.plugins.ml_commons.trusted_connector_endpoints_regex",
      ],
      ["ml-plugin-missing", "opensearch-ml is not among opensearch-job-scheduler, opensearch-knn, opensearch-security"],
    ]);
  });

  it("takes a change again once they are removed, as the row says", async () => {
    await world.api("PUT", "/_cluster/settings", { persistent: { "archived.*": null } });
    const { run } = RESTARTED_PROVOCATIONS["without a plugin: settings"];
    await expect(run(world)).resolves.toBeUndefined();
  });
});
