import { describe, expect, it } from "vitest";
import { type Check, fail, nothing, type Outcome, ok, skip, warn } from "../../../../cli/commands/doctor/check";
import { runChecks } from "../../../../cli/commands/doctor/run-checks";
import type { Scene } from "../../../../cli/commands/doctor/scene";
import { ServerError } from "../../../../clients/errors";
import { symptomOf } from "../../../../diagnosis/diagnose";

const scene = {} as Scene;

function check(id: string, outcome: Outcome | Error, more: Partial<Check> = {}): Check {
  const run = async () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { id, title: `the ${id}`, group: "g", run, ...more };
}

const statuses = async (checks: readonly Check[]) =>
  (await runChecks(checks, scene)).map(({ id, status, seen }) => `${id} ${status}: ${seen}`);

describe("checks", () => {
  it("tell cause and fix of the row that they name, and only where something is wrong", async () => {
    const [good, bad] = await runChecks([check("a", ok("fine")), check("b", warn("cold-load", "cold"))], scene);
    const { cause, fix } = symptomOf("cold-load");
    expect(good).toEqual({ id: "a", title: "the a", group: "g", status: "ok", seen: "fine" });
    expect(bad).toMatchObject({ status: "warn", seen: "cold", symptom: "cold-load", cause, fix });
  });

  it("put the names that they saw into the row's fix", async () => {
    const outcome = { ...warn("container-stopped", "c is exited"), names: { NAME: "my-$&" } };
    const [result] = await runChecks([check("a", outcome)], scene);
    expect(result?.fix).toBe("Start it with docker start my-$&. If it stops again, docker logs my-$& says why.");
  });

  it("are skipped after a failure that they need, down the whole line, with the first reason", async () => {
    const checks = [
      check("a", fail("unreachable", "down")),
      check("b", ok(""), { needs: ["a"] }),
      check("c", ok(""), { needs: ["b"] }),
      check("d", ok("runs")),
    ];
    expect(await statuses(checks)).toEqual([
      "a fail: down",
      "b skipped: waits for: the a",
      "c skipped: waits for: the a",
      "d ok: runs",
    ]);
  });

  it("go on after a warning, and after one that there was no need to look at", async () => {
    const checks = [check("a", warn("cold-load", "")), check("b", skip("")), check("c", ok(""), { needs: ["a", "b"] })];
    expect((await statuses(checks)).at(-1)).toBe("c ok: ");
  });

  it("what is not there hinders those that need it, and not those that only must not see it fail", async () => {
    const checks = [
      check("a", nothing("none is named")),
      check("b", ok(""), { needs: ["a"] }),
      check("c", ok("runs"), { unlessFailed: ["a", "b"] }),
      check("d", fail("unreachable", "down")),
      check("e", ok(""), { unlessFailed: ["d"] }),
    ];
    expect((await statuses(checks)).slice(1)).toEqual([
      "b skipped: none is named",
      "c ok: runs",
      "d fail: down",
      "e skipped: waits for: the d",
    ]);
  });

  it("run side by side, unless one is to be over first", async () => {
    const log: string[] = [];
    const logged = (id: string, more: Partial<Check> = {}) => {
      const run = async () => {
        log.push(`${id} begins`);
        await Promise.resolve();
        log.push(`${id} ends`);
        return ok("");
      };
      return check(id, ok(""), { run, ...more });
    };
    await runChecks([logged("a"), logged("b"), logged("c", { after: ["a"] })], scene);
    expect(log.slice(0, 2)).toEqual(["a begins", "b begins"]);
    expect(log.indexOf("a ends")).toBeLessThan(log.indexOf("c begins"));
  });

  it("an error is a finding in the words of the tables; what the user may not read is none", async () => {
    const error = (status: number, reason: string) => new ServerError(status, "", reason, "GET /x");
    const checks = [
      check("a", error(500, "Invalid payload: x")),
      check("b", new Error("the moon is in the wrong phase")),
      check("c", error(403, "no permissions for [cluster:admin/opensearch/ml/x]")),
      check("d", error(403, "no permissions for [cluster:admin/opensearch/ml/x]"), { essential: true }),
      check("e", error(403, "no permissions for [cluster:monitor/x]")),
      check("f", error(403, "no permissions for [indices:admin/get]")),
      check("g", error(403, "<html>")),
    ];
    const results = await runChecks(checks, scene);
    expect(results.map(({ status, symptom }) => [status, symptom])).toEqual([
      ["fail", "invalid-payload"],
      ["fail", undefined],
      ["skipped", undefined],
      ["fail", "user-may-not"],
      ["skipped", undefined],
      ["skipped", undefined],
      ["fail", "proxy-page"],
    ]);
    expect(results[1]?.cause).toBe("Unknown; the server's own words are above.");
    expect(results[2]?.seen).toBe("this user may not look: no permissions for [cluster:admin/opensearch/ml/x]");
  });
});

describe("the list of checks", () => {
  it("has each name once, and each check after those that it names", async () => {
    const { CHECKS } = await import("../../../../cli/commands/doctor/checks/all.js");
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const early = CHECKS.flatMap((one, i) =>
      [...(one.needs ?? []), ...(one.unlessFailed ?? []), ...(one.after ?? [])]
        .filter((id) => !ids.slice(0, i).includes(id))
        .map((id) => `${one.id} names ${id}`),
    );
    expect(early).toEqual([]);
  });
});
