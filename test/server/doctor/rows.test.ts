import { afterEach, describe, expect, it } from "vitest";
import { symptomOf } from "../../../diagnosis/diagnose";
import { THEMES } from "../../../diagnosis/themes";
import { SOURCED } from "../../unit/diagnosis/texts";
import { PROVOKED } from "../diagnosis/all";
import type { Break } from "./breaks/break";
import { BREAKS, GUIDE_ROWS, KNOWN_ROWS } from "./rows";
import { DoctorWorld } from "./world";

const ALL = THEMES.flatMap(({ symptoms }) => symptoms);
let world: DoctorWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

describe("each row is seen when what it is about is broken", () => {
  for (const [id, one] of Object.entries(BREAKS)) {
    it.skipIf("skip" in one && one.skip)(`${id}: ${one.how}`, async () => await seen(id, one));
  }
});

async function seen(id: string, one: Break): Promise<void> {
  world = await DoctorWorld.start({ kind: one.kind });
  const { cause, fix } = symptomOf(id);
  await one.break(world);
  if ("repair" in one) return await seenInRepair(world, cause, fix, one.seen);
  const { status = "fail", check, machine } = one;
  const lines = machine === undefined ? (await world.doctor()).lines : await world.checksOn(machine);
  const line = lines.find((each) => each.id === check);
  expect(line).toMatchObject({ status, symptom: id, cause, fix });
  expect(line?.seen).toMatch(asPattern(one.seen));
  if (status === "fail") expectNoFlood(lines, check);
}

/** Whatever is wrong is told once: nothing else fails because of it. */
function expectNoFlood(lines: readonly { id: string; status: string }[], check: string): void {
  expect(lines.filter(({ status }) => status === "fail").map(({ id }) => id)).toEqual([check]);
}

async function seenInRepair(at: DoctorWorld, cause: string, fix: string, seen: Break["seen"]): Promise<void> {
  const { err } = await at.run(["--fix", "--yes"]);
  expect(err).toMatch(asPattern(seen));
  expect(err).toContain(`  cause: ${cause}\n  fix: ${fix}\n`);
}

function asPattern(seen: string | RegExp): RegExp {
  return typeof seen === "string" ? new RegExp(seen.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")) : seen;
}

describe("no row is without a test", () => {
  const told = new Set([...Object.keys(BREAKS), ...PROVOKED.map(({ row }) => row), ...SOURCED.map(([row]) => row)]);

  it.each([
    ["the guide's table", GUIDE_ROWS],
    ["what is known of ML Commons with Ollama", KNOWN_ROWS],
  ])("%s: each row is broken above, or a real server was made to say it", (_name, rows) => {
    const missing = Object.entries(rows).filter(([, ids]) => ids.length === 0 || ids.some((id) => !told.has(id)));
    expect(missing).toEqual([]);
  });

  it("each row of the tables is broken above, or its words are provoked or have a source", () => {
    expect(ALL.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([]);
  });

  it("each break is one of a row", () => {
    expect(Object.keys(BREAKS).filter((id) => !ALL.some((row) => row.id === id))).toEqual([]);
  });
});
