import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withLock } from "../../../tools/toolchain/lock";
import { temporaryFolder } from "./temporary-folder";

/** Above the largest process id that Linux gives. */
const deadProcess = 2 ** 22 + 1;

describe("withLock", () => {
  it("names its holder while it is held, and is gone afterwards", async () => {
    const file = join(temporaryFolder(), "locks", "part.lock");
    const seen = await withLock(file, noWait, async () => readFileSync(file, "utf8"));
    expect(seen).toBe(`${process.pid} on ${hostname()}`);
    expect(existsSync(file)).toBe(false);
  });

  it("is gone after a failure too", async () => {
    const file = join(temporaryFolder(), "part.lock");
    const failing = withLock(file, noWait, async () => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
  });

  it("lets one in at a time, and says once whom the other waits for", async () => {
    const file = join(temporaryFolder(), "part.lock");
    const events: string[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withLock(file, noWait, async () => {
      events.push("first in");
      await released;
      events.push("first out");
    });
    const onWait = (holder: string) => {
      events.push(`second waits for ${holder}`);
      release();
    };
    const second = withLock(file, onWait, async () => {
      events.push("second in");
    });
    await Promise.all([first, second]);
    expect(events).toEqual(["first in", `second waits for ${process.pid} on ${hostname()}`, "first out", "second in"]);
  });

  it("takes over at once from a holder that died on this machine", async () => {
    const file = join(temporaryFolder(), "part.lock");
    writeFileSync(file, `${deadProcess} on ${hostname()}`);
    expect(await withLock(file, noWait, async () => "in")).toBe("in");
  });

  it("takes over from a holder on another machine that has not shown itself for a minute", async () => {
    const file = join(temporaryFolder(), "part.lock");
    writeFileSync(file, "1 on elsewhere");
    const twoMinutesAgo = new Date(Date.now() - 120_000);
    utimesSync(file, twoMinutesAgo, twoMinutesAgo);
    expect(await withLock(file, noWait, async () => "in")).toBe("in");
  });
});

function noWait(holder: string): void {
  throw new Error(`unexpected wait for ${holder}`);
}
