import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeadlineError } from "../../../clients/errors";
import { Deadline, type Look, waitFor } from "../../../clients/wait";

// The waits run on timers of their own; a fake clock makes each pause as long as it says and no test longer.
const sleeps = vi.hoisted(() => ({ now: 0, taken: [] as number[] }));
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => {
    sleeps.taken.push(Math.round(milliseconds));
    sleeps.now += milliseconds;
  },
}));

beforeEach(() => {
  sleeps.now = 0;
  sleeps.taken = [];
  vi.spyOn(performance, "now").mockImplementation(() => sleeps.now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function looks<T>(...seen: Look<T>[]): () => Promise<Look<T>> {
  return async () => (seen.length > 1 ? seen.shift() : seen[0]) as Look<T>;
}

describe("waitFor", () => {
  it("what shows at once costs no wait", async () => {
    await expect(waitFor(looks({ done: 7 }), { waitingFor: "x", deadline: Deadline.after(10) })).resolves.toBe(7);
    expect(sleeps.taken).toStrictEqual([]);
  });

  it("looks quickly at first, then ever more seldom, once a second at most", async () => {
    const looking = waitFor(looks({ last: "no" }), { waitingFor: "x", deadline: Deadline.after(40_000) });
    await expect(looking).rejects.toThrow();
    expect(sleeps.taken.slice(0, 20)).toStrictEqual(Array(20).fill(20));
    expect(sleeps.taken.slice(20, 24)).toStrictEqual([20, 21, 22, 23]);
    expect(Math.max(...sleeps.taken)).toBe(1000);
  });

  it("never looks later than a twentieth of the time waited so far", async () => {
    const looking = waitFor(looks({ last: "no" }), { waitingFor: "x", deadline: Deadline.after(8_000) });
    await expect(looking).rejects.toThrow();
    let waited = 0;
    for (const pause of sleeps.taken) {
      expect(pause).toBeLessThanOrEqual(Math.max(20, Math.ceil(waited / 20)));
      waited += pause;
    }
    // Few enough for a server: about 80 looks in 8 s, where one every 20 ms would be 400.
    expect(sleeps.taken.length).toBeLessThan(90);
  });

  it("takes the caller's pace", async () => {
    const pace = { startMilliseconds: 100, maximumMilliseconds: 105 };
    const looking = waitFor(looks({ last: "no" }), { waitingFor: "x", deadline: Deadline.after(2_300), ...pace });
    await expect(looking).rejects.toThrow();
    expect(sleeps.taken).toStrictEqual([...Array(21).fill(100), 105, 95]);
  });

  it("says on time-out what was awaited, how long, and what was seen last", async () => {
    const look = looks<true>({ last: "DEPLOYING" }, { last: "DEPLOY_FAILED" });
    const failure = await waitFor(look, { waitingFor: "model m to be deployed", deadline: Deadline.after(1500) }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DeadlineError);
    expect(failure).toHaveProperty("message", "Waited 1.5 s for model m to be deployed; last seen: DEPLOY_FAILED");
  });

  it("looks once more at the deadline, and never sleeps past it", async () => {
    const deadline = Deadline.after(100);
    await expect(waitFor(looks({ last: "no" }), { waitingFor: "x", deadline })).rejects.toThrow();
    expect(sleeps.taken).toStrictEqual([20, 20, 20, 20, 20]);
    expect(deadline.passed).toBe(true);
    expect(deadline.remainingMilliseconds).toBe(0);
  });

  it("prints a line when it gets long, and then every half minute", async () => {
    const lines: string[] = [];
    const onLong = (line: string) => lines.push(line);
    const deadline = Deadline.after(67_000);
    await expect(waitFor(looks({ last: "503" }), { waitingFor: "x", deadline, onLong })).rejects.toThrow();
    expect(lines).toStrictEqual([
      "still waiting for x after 5 s (503)",
      "still waiting for x after 36 s (503)",
      "still waiting for x after 66 s (503)",
    ]);
  });

  it("a look that fails ends the wait with its own error", async () => {
    const look = () => Promise.reject(new TypeError("broken"));
    await expect(waitFor(look, { waitingFor: "x", deadline: Deadline.after(100) })).rejects.toThrow(
      new TypeError("broken"),
    );
  });
});
