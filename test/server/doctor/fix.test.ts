import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DoctorWorld } from "./world";

const ML = "/_plugins/_ml";

let world: DoctorWorld;
beforeEach(async () => {
  world = await DoctorWorld.start();
});
afterEach(async () => {
  await world.stop();
});

/** At each deployment that comes, in turn, the model's connector is gone, or back. */
function awayAtDeployments(...states: readonly ("gone" | "back")[]): void {
  states.forEach((state, i) => {
    const act = () => world.useConnectorId(state === "gone" ? "gone" : world.connectorId);
    const match = { method: "POST", path: `${ML}/models/*/_deploy` };
    world.cluster.faults.add({ match, nth: i + 1, action: { kind: "before", act } });
  });
}

/** A person at a terminal who answers each question with these keys. */
function person(keys: string) {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
  return { keyboard, keys };
}

describe("--fix", () => {
  it("pulls the missing model, shows how far it is, and checks again", async () => {
    world.ollama.models.clear();
    const { exitCode, out, err } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(0);
    expect([...world.ollama.models.keys()]).toEqual(["smollm2:135m"]);
    expect(err).toContain("  FAIL model pulled          smollm2:135m is not there; Ollama has no model at\n");
    expect(err).toContain(
      [
        "pull smollm2:135m ...",
        "  smollm2:135m: pulling manifest",
        "  smollm2:135m: pulling b179c9523d0e",
        "  smollm2:135m: verifying sha256 digest",
        "  smollm2:135m: writing manifest",
        "  smollm2:135m: success",
        "",
      ].join("\n"),
    );
    expect(out).toContain("  ok   model pulled          smollm2:135m, 98 MB\n       fixed: doctor has repaired it.\n");
  });

  it("with --json gives one document, of how it is afterwards", async () => {
    world.ollama.models.clear();
    const { exitCode, lines } = await world.doctor("--fix", "--yes");
    expect(exitCode).toBe(0);
    expect(lines.find(({ id }) => id === "ollama-model")).toEqual({
      id: "ollama-model",
      title: "model pulled",
      status: "ok",
      seen: "smollm2:135m, 98 MB",
      fixed: true,
    });
    expect(lines.filter(({ fixed }) => fixed).map(({ id }) => id)).toEqual(["ollama-model"]);
  });

  it("deploys a model that was undeployed", async () => {
    await world.settings({ "plugins.ml_commons.model_auto_deploy.enable": false });
    await world.undeploy();
    const { exitCode, lines } = await world.doctor("--fix", "--yes");
    expect(exitCode).toBe(0);
    expect(lines.find(({ id }) => id === "model-state")).toMatchObject({ status: "ok", seen: "DEPLOYED", fixed: true });
    expect(await world.modelState()).toBe("DEPLOYED");
  });

  it("deploys a model whose deployment failed, and trying once more is a line on standard error", async () => {
    await world.failToDeploy();
    awayAtDeployments("gone", "back");
    const { exitCode, out, err } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(0);
    expect(err).toContain(`  DeployedModel ${world.modelId}: deployment failed, trying once more\n`);
    expect(out).toContain("  ok   model deployed        DEPLOYED\n       fixed: doctor has repaired it.\n");
  });

  it("a deployment that fails again says why", async () => {
    await world.failToDeploy();
    awayAtDeployments("gone", "gone");
    const { exitCode, err } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(4);
    expect(err).toMatch(
      / {2}failed: The model \S+ is DEPLOY_FAILED: node \S+: Failed to find connector:gone\n {2}cause: The connector no longer exists on this cluster\.\n/,
    );
  });

  it("a second deployment that the node takes for the first is made again, so that the true error is told", async () => {
    await world.failToDeploy();
    awayAtDeployments("gone", "gone", "gone");
    // The first search is that of the check, before anything is mended.
    const match = { method: "POST", path: `${ML}/tasks/_search` };
    const duplicate = (body: unknown) => {
      const text = JSON.stringify(body);
      return JSON.parse(text.replaceAll("Failed to find connector:gone", "Duplicate deploy model task")) as unknown;
    };
    world.cluster.faults.add({ match, nth: 2, action: { kind: "rewrite", answer: duplicate } });
    const { exitCode, err } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(4);
    expect(err).toMatch(/ {2}failed: The model \S+ is DEPLOY_FAILED: node \S+: Failed to find connector:gone\n/);
    const deployments = world.cluster.faults.list().filter(({ fault }) => fault.match?.path?.endsWith("_deploy"));
    expect(deployments.map(({ hit }) => hit)).toEqual([1, 1, 1]);
  });

  it("lets a model that was deployed under older settings read them anew, without undeploying it", async () => {
    await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false });
    await world.deployAnew();
    await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": true });
    const { exitCode, lines } = await world.doctor("--fix", "--yes");
    expect(exitCode).toBe(0);
    expect(lines.find(({ id }) => id === "predict")).toMatchObject({ status: "ok", fixed: true });
  });

  it("changes nothing that is not safe, and says so", async () => {
    await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false });
    const { exitCode, err } = await world.run(["--fix", "--yes"]);
    expect(exitCode).toBe(4);
    expect(err).toContain("There is nothing that doctor can repair.\n");
  });

  it("asks first: yes pulls", async () => {
    world.ollama.models.clear();
    const { exitCode, err } = await world.run(["--fix"], person("y"));
    expect(err).toContain("Shall doctor pull smollm2:135m?");
    expect([exitCode, world.ollama.models.size]).toEqual([0, 1]);
  });

  it("asks first: no leaves all as it is", async () => {
    world.ollama.models.clear();
    const { exitCode } = await world.run(["--fix"], person("n"));
    expect([exitCode, world.ollama.models.size]).toEqual([4, 0]);
  });

  it("asks first: Ctrl+C ends it", async () => {
    world.ollama.models.clear();
    const { exitCode } = await world.run(["--fix"], person("\u0003"));
    expect([exitCode, world.ollama.models.size]).toEqual([130, 0]);
  });

  it("without a terminal and without --yes asks nobody, and changes nothing", async () => {
    world.ollama.models.clear();
    const { exitCode, err } = await world.run(["--fix"]);
    expect([exitCode, world.ollama.models.size]).toEqual([2, 0]);
    expect(err).toContain("--fix asks before it changes anything, and there is no terminal to ask on.");
  });
});

describe("on a terminal", () => {
  it("marks and colours stand for words, and lines fit into 80 columns", async () => {
    world.ollama.models.clear();
    const { out } = await world.run([], person(""));
    const plain = stripVTControlCharacters(out);
    expect(plain).toContain("  ✖ model pulled          smollm2:135m is not there; Ollama has no model at all\n");
    expect(plain).toContain("  ✔ cluster health        green, 1 node\n");
    expect(plain.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("elsewhere all is plain ASCII of 80 columns, and the last lines count and offer", async () => {
    world.ollama.models.clear();
    const { out } = await world.run([]);
    expect(out).toMatch(/^[\n\x20-\x7e]*$/);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/\n47 checks: 29 ok, 1 wrong, 17 skipped\.\nWith --fix, doctor will pull smollm2:135m\.\n$/);
  });
});
