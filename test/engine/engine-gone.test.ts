import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until";
import { isRunning, killAll, killAlone, providerProcesses } from "./support/kill";
import { repository } from "./support/project";
import { ResourceWorld } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const REGISTER = { method: "POST", path: "/_plugins/_ml/model_groups/_register" };

/** As in the official releases of Pulumi (sdk/nodejs/dist): a shell that stays, with Node.js below it. */
const PULUMIS_OWN = `#!/bin/sh
PULUMI_DYNAMIC_PROVIDER_SCRIPT_PATH=$(node -e "console.log(require.resolve('@pulumi/pulumi/cmd/dynamic-provider'))")
if [ ! -z "$PULUMI_DYNAMIC_PROVIDER_SCRIPT_PATH" ]; then
    node "$PULUMI_DYNAMIC_PROVIDER_SCRIPT_PATH" $@
fi
`;

describe.skipIf(!hasEngine)("the provider of an engine that is gone or stands still", () => {
  let world: ResourceWorld;
  const answered: string[] = [];
  /** Of them, the language host would look after its engine only minutes later. */
  const orphans: number[] = [];

  beforeAll(async () => {
    world = await ResourceWorld.start("gone", { log: (line) => answered.push(line) });
    // Longer than anything here may take: no client gives up by itself.
    const connection = world.connection({ requestTimeoutSeconds: 600, maxRetries: 0 });
    world.declare([{ type: "ModelGroup", name: "group", args: { connection } }]);
  });

  afterAll(async () => {
    killAll(orphans);
    await world?.stop();
  });

  const isHeld = (id: number) => world.cluster.faults.list().some((fault) => fault.id === id && fault.hit === 1);

  it("goes on while the engine is suspended", async () => {
    let letGo = (): void => undefined;
    const suspended = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const id = world.cluster.faults.add({ match: REGISTER, action: { kind: "before", act: () => suspended } });
    const update = world.project.start("up", "--yes", "--skip-preview");
    await until("the request that makes the group", () => isHeld(id));
    update.kill("SIGSTOP");
    letGo();
    await until("the group on the server", async () => (await world.count("ModelGroup")) === 1);
    const providers = providerProcesses(update);
    const ended = once(update, "close");
    update.kill("SIGCONT");
    expect(providers.filter(isRunning)).toHaveLength(1);
    expect(await ended).toEqual([0, null]);
    expect(world.ids().get("group")).toBeTruthy();
    const destroyed = await world.project.destroy();
    expect(destroyed.code, destroyed.output).toBe(0);
  });

  it.each([
    ["this repository's launcher", undefined, 1],
    ["Pulumi's own launcher", PULUMIS_OWN, 2],
  ])(
    "ends after kill -9 of the engine alone, with the request it waits for: %s",
    async (_name, launcher, processes) => {
      if (launcher !== undefined) launchBy(launcher);
      const id = world.cluster.faults.add({ match: REGISTER, action: { kind: "hang" } });
      const update = world.project.start("up", "--yes", "--skip-preview");
      await until("the request that makes the group", () => isHeld(id));
      const providers = providerProcesses(update);
      expect(providers).toHaveLength(processes);
      answered.length = 0;
      orphans.push(...(await killAlone(update)));
      await until("the end of the provider", () => !providers.some(isRunning));
      await until("the end of its request", () => answered.length > 0);
      expect(answered).toEqual(["POST /_plugins/_ml/model_groups/_register no answer"]);
      world.cluster.faults.clear();
      const cancelled = await world.project.cli("cancel", "--yes");
      expect(cancelled.code, cancelled.output).toBe(0);
      expect(await world.count("ModelGroup")).toBe(0);
    },
  );

  function launchBy(text: string): void {
    const folder = join(world.project.folder, "bin");
    const launcher = join(folder, "pulumi-resource-pulumi-nodejs");
    mkdirSync(folder);
    writeFileSync(launcher, text);
    chmodSync(launcher, 0o755);
    world.project.environment("PATH", `${folder}:${process.env.PATH}`);
  }
});

describe.skipIf(!hasEngine)("a process whose standard input ends at once", () => {
  const MODULE = join(repository, "dist", "providers", "dynamic", "engine-gone.js");
  /** In a thousand turns Node.js looks a thousand times what came in; the end of standard input is there from the start. */
  const TURNS = 'let left = 1000; const turn = () => (left-- ? setImmediate(turn) : console.log("goes on")); turn();';
  const WATCH = `require(${JSON.stringify(MODULE)}).endWithEngine(); ${TURNS}`;
  const asHost = 'process.argv.splice(1, 0, "/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");';

  const outcome = async (program: string, input: "pipe" | "/dev/null") => {
    // From Node.js it would be a socket; the engine gives a pipe.
    const script = input === "pipe" ? ': | exec "$0" -e "$1"' : 'exec "$0" -e "$1" < /dev/null';
    const child = spawn("bash", ["-c", script, process.execPath, program]);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    const [code] = await once(child, "close");
    return [output, code];
  };

  it("ends where it is a provider host with a pipe to its engine", async () => {
    expect(await outcome(`${asHost} ${WATCH}`, "pipe")).toEqual(["", 1]);
  });

  it("goes on where a host was started without a pipe", async () => {
    expect(await outcome(`${asHost} ${WATCH}`, "/dev/null")).toEqual(["goes on\n", 0]);
  });

  it("goes on where it is any other program", async () => {
    expect(await outcome(WATCH, "pipe")).toEqual(["goes on\n", 0]);
  });
});
