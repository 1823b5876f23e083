import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KILLED_WORDS } from "../server/diagnosis/killed-words";
import { until } from "../support/until";
import { doctor } from "./support/doctor";
import { isRunning, killAll, killAlone, providerProcesses } from "./support/kill";
import { operations, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const GROUPS = "/_plugins/_ml/model_groups";
const CUT_OFF = {
  creating: KILLED_WORDS.pending.says,
  clear: "pulumi refresh --clear-pending-creates --yes",
};

describe.skipIf(!hasEngine)("what a killed pulumi leaves, and the commands that put it right", () => {
  let world: ResourceWorld;
  const orphans: number[] = [];

  beforeAll(async () => {
    world = await ResourceWorld.start("left");
    world.declare([group()]);
  });

  afterAll(async () => {
    killAll(orphans);
    await world?.stop();
  });

  const group = (args: object = {}): Spec => {
    const connection = world.connection({ requestTimeoutSeconds: 600, maxRetries: 0 });
    return { type: "ModelGroup", name: "group", args: { connection, ...args } };
  };

  /** `kill -9` of `pulumi` while the server holds a request, which the server then still gets. */
  async function killedIn(command: "up" | "destroy", method: string, path: string): Promise<void> {
    const { faults } = world.cluster;
    let letGo = (): void => undefined;
    const killed = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const id = faults.add({ match: { method, path }, action: { kind: "before", act: () => killed } });
    const run = world.project.start(command, "--yes", "--skip-preview");
    await until(`${method} ${path}`, () => {
      if (run.exitCode !== null) throw new Error(`pulumi ${command} ended without it.`);
      return faults.list().some((fault) => fault.id === id && fault.hit === 1);
    });
    const providers = providerProcesses(run);
    orphans.push(...(await killAlone(run)));
    await until("the end of the provider", () => !providers.some(isRunning));
    letGo();
    faults.clear();
  }

  const killedInCreate = async () => {
    await killedIn("up", "POST", `${GROUPS}/_register`);
    await until("the group on the server", async () => (await world.count("ModelGroup")) === 1);
  };

  /** A command as the documents give it. */
  const works = async (command: string): Promise<string> => {
    const { code, output } = await world.project.shell(command);
    expect(code, output).toBe(0);
    return output;
  };
  const refused = async (command: string): Promise<string> => {
    const { code, output } = await world.project.shell(command);
    expect(code, output).not.toBe(0);
    return output;
  };
  const pending = async () => JSON.parse(await works("pulumi stack export")).deployment.pending_operations ?? [];
  const stateFile = (ending: string) => join(world.project.backend, ".pulumi", "stacks", "left", `dev.json${ending}`);

  it("a stack that nothing was cut off in is in order for doctor", async () => {
    await works("pulumi up --yes --skip-preview");
    expect(await doctor(world.project)).toMatchObject([
      { id: "stack-state", status: "ok", seen: "organization/left/dev" },
      { id: "stack-lock", status: "ok", seen: "not locked" },
      { id: "stack-pending", status: "ok", seen: "none" },
      { id: "stack-left-overs" },
    ]);
    await works("pulumi destroy --yes --skip-preview");
  });

  describe("in a create", () => {
    it("the lock refuses every command that changes something, and doctor says whose it is", async () => {
      await killedInCreate();
      for (const command of ["up", "destroy", "refresh"]) {
        expect(await refused(`pulumi ${command} --yes --skip-preview --non-interactive`)).toContain(
          KILLED_WORDS.locked.says,
        );
      }
      const [, lock, cutOff] = await doctor(world.project);
      expect(lock).toMatchObject({
        status: "warn",
        symptom: "stack-locked",
        seen: expect.stringMatching(/^locked by process \d+ of \S+ on \S+, since 20\S+Z, which is not there any more$/),
      });
      expect(cutOff).toMatchObject({
        status: "warn",
        symptom: "pending-operations",
        seen: "creating ModelGroup group",
      });
    });

    it("destroy knows nothing of it and leaves what was made", async () => {
      expect(await works("pulumi cancel --yes")).toContain("The currently running update for 'dev' has been canceled!");
      expect(await works("pulumi destroy --yes --skip-preview")).toContain(CUT_OFF.creating);
      expect(await world.count("ModelGroup")).toBe(1);
      expect(await pending()).toHaveLength(1);
    });

    it("up takes over what was made, and warns until a refresh clears it", async () => {
      const first = await world.project.up();
      expect(first.code, first.output).toBe(0);
      expect(first.output).toMatch(/takes over the group \S+, which an interrupted run left/);
      expect(first.output).toContain("ModelGroup::group, interrupted while creating");
      expect(await works("pulumi refresh --yes --skip-preview")).not.toContain(CUT_OFF.creating);
      expect((await world.project.up()).output).toContain(CUT_OFF.creating);
      await works(CUT_OFF.clear);
      const last = await world.project.up();
      expect(last.output).not.toContain(CUT_OFF.creating);
      expect(operations(last).get("group")).toBe("same");
      await works("pulumi destroy --yes --skip-preview");
      expect(await world.count("ModelGroup")).toBe(0);
    });

    it("where refresh cannot run, an export that is imported again clears it as well", async () => {
      await killedInCreate();
      await works("pulumi cancel --yes");
      const said = await works("pulumi stack export --file state.json && pulumi stack import --file state.json");
      expect(said).toContain("warning: removing pending operation 'creating' on 'urn:pulumi:dev::left::");
      expect(await pending()).toEqual([]);
      await works("pulumi up --yes --skip-preview");
      expect(await world.count("ModelGroup")).toBe(1);
    });
  });

  it("in an update: the next up does it again and clears it", async () => {
    world.declare([group({ description: "new" })]);
    await killedIn("up", "PUT", `${GROUPS}/*`);
    await works("pulumi cancel --yes");
    expect(await pending()).toHaveLength(1);
    expect(await works("pulumi up --yes --skip-preview")).toContain("ModelGroup::group, interrupted while updating");
    expect(await pending()).toEqual([]);
  });

  describe("a state that cannot be read", () => {
    it("for an empty file of attributes: every command stops, and without it all work", async () => {
      writeFileSync(stateFile(".attrs"), "");
      for (const command of ["up --yes", "preview", "destroy --yes", "cancel --yes", "stack export", "stack output"]) {
        expect(await refused(`pulumi ${command} --non-interactive`)).toContain(KILLED_WORDS["empty attributes"].says);
      }
      const found = await doctor(world.project);
      const [state] = found;
      expect(found).toHaveLength(1);
      expect(state).toMatchObject({
        status: "fail",
        symptom: "checkpoint-attributes",
        seen: `failed to load checkpoint: EOF; ${stateFile(".attrs")} cannot be read`,
        fix: `Remove it: rm ${stateFile(".attrs")}. Then run pulumi cancel --yes and pulumi up --yes.`,
      });
      await works(`rm ${stateFile(".attrs")}\npulumi cancel --yes\npulumi up --yes`);
    });

    it.each([
      ["empty", "empty state", Buffer.alloc(0)],
      ["full of zeros", "zeroed state", Buffer.alloc(2_000)],
    ] as const)("for a state that is %s: the copy beside it serves", async (_how, words, bytes) => {
      writeFileSync(stateFile(""), bytes);
      expect(await refused("pulumi up --yes --non-interactive")).toContain(KILLED_WORDS[words].says);
      const stack = stateFile("");
      expect(await doctor(world.project)).toMatchObject([
        {
          id: "stack-state",
          status: "fail",
          symptom: "checkpoint-damaged",
          fix: `Restore it: cp ${stack}.bak ${stack}. Then run pulumi cancel --yes and pulumi up --yes.`,
        },
      ]);
      await works(`cp ${stack}.bak ${stack}\npulumi cancel --yes\npulumi up --yes`);
      expect(await world.count("ModelGroup")).toBe(1);
    });

    it("with the copy damaged too, the checkpoint of the last finished run serves", async () => {
      const stack = stateFile("");
      const history = join(world.project.backend, ".pulumi", "history", "left", "dev");
      for (const file of [stack, `${stack}.bak`]) writeFileSync(file, "");
      await works(`cp "$(ls ${history}/*.checkpoint.json | tail -n 1)" ${stack}\npulumi cancel --yes\npulumi up --yes`);
      expect(await world.count("ModelGroup")).toBe(1);
    });
  });

  it("a pulumi that works on the stack is no left-over", async () => {
    const { faults } = world.cluster;
    let letGo = (): void => undefined;
    const looked = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    faults.add({ match: { method: "PUT", path: `${GROUPS}/*` }, action: { kind: "before", act: () => looked } });
    world.declare([group({ description: "newer" })]);
    const update = world.project.start("up", "--yes", "--skip-preview");
    await until("the request", () => faults.list().some(({ hit }) => hit === 1));
    const found = await doctor(world.project);
    letGo();
    await new Promise((ended) => update.on("close", ended));
    const works = expect.stringMatching(
      new RegExp(`^a pulumi works on it: process ${update.pid} of \\S+ on \\S+, since `),
    );
    expect(found.slice(1)).toMatchObject([
      { id: "stack-lock", status: "skipped", seen: works },
      { id: "stack-pending", status: "skipped", seen: works },
      { id: "stack-left-overs", status: "skipped", seen: works },
    ]);
  });
});
