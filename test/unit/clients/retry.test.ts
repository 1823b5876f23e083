import { beforeEach, describe, expect, it, vi } from "vitest";
import { ServerError, UnexpectedAnswerError, UnreachableError } from "../../../clients/errors";
import { openingRetry, retrying } from "../../../clients/opensearch/retry";
import { Deadline } from "../../../clients/wait";

const sleeps = vi.hoisted(() => ({ taken: [] as number[] }));
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => void sleeps.taken.push(milliseconds),
}));

beforeEach(() => {
  sleeps.taken = [];
});

const refused = (status: number, reason: string) => new ServerError(status, "status_exception", reason, "POST /x");
const lost = (mayHaveArrived: boolean) =>
  new UnreachableError("http://h", "gone", "POST /x", mayHaveArrived ? "broken-off" : "never-arrived");

/** How often a request is sent that always fails so. */
async function tries(error: unknown, repeatable: boolean, maxRetries = 3): Promise<number> {
  const send = vi.fn(() => Promise.reject(error));
  await expect(retrying(send, { maxRetries, repeatable })).rejects.toBe(error);
  return send.mock.calls.length;
}

describe("what is tried again", () => {
  it.each([
    ["too many requests", refused(429, "throttled"), 4],
    ["not available", refused(503, "starting"), 4],
    ["shards that move", refused(500, "all shards failed"), 4],
    ["an index that is not there yet after a restart", refused(500, "Failed to get data object from index .i"), 4],
    ["the same in a search", refused(500, "Failed to search indices [.i]"), 4],
    ["the same in another search", refused(500, "Fail to search model version"), 4],
    ["two writers on one document", refused(409, "Document version conflict updating g"), 4],
    ["a deployment on its way", refused(409, "Model is deploying. Please wait for the model to complete"), 4],
    ["a key that is not made yet", refused(500, "The ML encryption master key has not been initialized yet."), 4],
    ["a query that the shards refuse", refused(400, "all shards failed: failed to create query"), 1],
    ["bad input", refused(400, "Invalid payload"), 1],
    ["a missing thing", refused(404, "Failed to find model"), 1],
    ["a wrong password", refused(401, "Unauthorized"), 1],
    ["a thing in use", refused(409, "1 models are still using this connector"), 1],
    ["an answer that is not understood", new UnexpectedAnswerError("GET /x", "no id"), 1],
    ["a mistake of ours", new TypeError("x is undefined"), 1],
  ])("%s: tries in all $2", async (_what, error, count) => {
    expect(await tries(error, false)).toBe(count);
    expect(await tries(error, true)).toBe(count);
  });

  it("a request that never arrived, always; one that may have arrived, only if repeating does no harm", async () => {
    expect(await tries(lost(false), false)).toBe(4);
    expect(await tries(lost(false), true)).toBe(4);
    expect(await tries(lost(true), true)).toBe(4);
    expect(await tries(lost(true), false)).toBe(1);
  });

  it.each(["node_not_connected_exception", "node_disconnected_exception", "node_closed_exception"])(
    "a request that the cluster gave to a node that is gone (%s), only if repeating does no harm",
    async (type) => {
      const gone = new ServerError(500, type, "[opensearch-2][172.18.0.3:9300] Node not connected", "POST /x");
      expect(await tries(gone, true)).toBe(4);
      expect(await tries(gone, false)).toBe(1);
    },
  );

  it("a search of an index that is being made, until its deadline", async () => {
    const opening = [
      refused(503, "all shards failed"),
      refused(500, "no_shard_available"),
      refused(503, "all shards failed"),
    ];
    const send = vi.fn(async () => {
      const error = opening.shift();
      if (error !== undefined) throw error;
      return "found";
    });
    expect(await retrying(send, { maxRetries: 0, repeatable: true, ...openingRetry() })).toBe("found");
  });

  it("nothing, if no retry is wanted", async () => {
    expect(await tries(refused(503, "starting"), true, 0)).toBe(1);
  });
});

describe("how it is tried again", () => {
  it("the first success ends it", async () => {
    const send = vi.fn<() => Promise<string>>().mockRejectedValueOnce(refused(503, "x")).mockResolvedValueOnce("done");
    await expect(retrying(send, { maxRetries: 3, repeatable: true })).resolves.toBe("done");
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("pauses double from 50 ms up to 2 s, with jitter", async () => {
    await tries(refused(503, "x"), true, 9);
    const ceilings = [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000];
    expect(sleeps.taken).toHaveLength(ceilings.length);
    sleeps.taken.forEach((pause, i) => {
      expect(pause).toBeGreaterThanOrEqual((ceilings[i] ?? 0) / 2);
      expect(pause).toBeLessThanOrEqual(ceilings[i] ?? 0);
    });
  });

  it("with a deadline, what only time cures is repeated beyond the count", async () => {
    const conflict = refused(409, "version conflict, required seqNo");
    const send = vi.fn<() => Promise<string>>();
    for (let i = 0; i < 20; i += 1) send.mockRejectedValueOnce(conflict);
    send.mockResolvedValueOnce("done");
    const limits = { maxRetries: 2, repeatable: false, deadline: Deadline.after(60_000) };
    await expect(retrying(send, limits)).resolves.toBe("done");
  });

  it("but nothing is begun after it", async () => {
    const conflict = refused(409, "version conflict");
    const send = vi.fn(() => Promise.reject(conflict));
    await expect(retrying(send, { maxRetries: 5, repeatable: true, deadline: Deadline.after(0) })).rejects.toBe(
      conflict,
    );
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("and what is merely unavailable is repeated by count within it", async () => {
    const send = vi.fn(() => Promise.reject(refused(503, "x")));
    const limits = { maxRetries: 2, repeatable: true, deadline: Deadline.after(60_000) };
    await expect(retrying(send, limits)).rejects.toThrow();
    expect(send).toHaveBeenCalledTimes(3);
  });
});
