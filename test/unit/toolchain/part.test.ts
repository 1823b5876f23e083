import { describe, expect, it } from "vitest";
import { openCache } from "../../../tools/toolchain/cache";
import { PartUnavailable } from "../../../tools/toolchain/failure";
import { type Context, ensure, ensureIfPossible, locate, type Part } from "../../../tools/toolchain/part";
import { StepRunner } from "../../../tools/toolchain/steps";
import { temporaryFolder } from "./temporary-folder";

describe("ensure", () => {
  it("takes what is there, and makes nothing", async () => {
    const { part, calls } = fakePart({ present: true });
    expect(await ensure(part, newContext())).toEqual({ version: "1.0.0", location: "/there", record: undefined });
    expect(calls).toEqual(["find"]);
  });

  it("prefers the official download to a build", async () => {
    const { part, calls } = fakePart({ downloadable: true });
    const found = await ensure(part, newContext());
    expect(found.record).toEqual({ origin: "download", seconds: expect.any(Number) });
    expect(calls).toEqual(["find", "find", "download", "find"]);
  });

  it("builds where the download can't be reached", async () => {
    const { part, calls } = fakePart({});
    const found = await ensure(part, newContext());
    expect(found.record?.origin).toBe("build");
    expect(calls).toEqual(["find", "find", "download", "build", "find"]);
  });

  it("makes a part once when two ask for it at the same time", async () => {
    const { part, calls } = fakePart({});
    const context = newContext();
    await Promise.all([ensure(part, context), ensure(part, context)]);
    expect(calls.filter((name) => name === "build")).toHaveLength(1);
  });

  it("remembers how a part was made", async () => {
    const { part } = fakePart({});
    const context = newContext();
    await ensure(part, context);
    expect((await locate(part, context))?.record?.origin).toBe("build");
  });
});

describe("ensureIfPossible", () => {
  it("gives the reason where this machine can't have the part", async () => {
    const reason = new PartUnavailable("Docker can't be used here.", "Install it.");
    const { part } = fakePart({ failure: reason });
    expect(await ensureIfPossible(part, newContext())).toBe(reason);
    expect(reason.message).toBe("Docker can't be used here.\nInstall it.");
  });

  it("doesn't hide a failure of the making", async () => {
    const { part } = fakePart({ failure: new Error("disk full") });
    await expect(ensureIfPossible(part, newContext())).rejects.toThrow("disk full");
  });
});

interface FakeOptions {
  readonly present?: boolean;
  readonly downloadable?: boolean;
  readonly failure?: Error;
}

function fakePart(options: FakeOptions): { part: Part; calls: string[] } {
  const calls: string[] = [];
  let present = options.present ?? false;
  const part: Part = {
    name: "fake",
    title: "Fake part",
    async find() {
      calls.push("find");
      return present ? { version: "1.0.0", location: "/there" } : undefined;
    },
    async download() {
      calls.push("download");
      present ||= options.downloadable ?? false;
      return options.downloadable ?? false;
    },
    async build() {
      calls.push("build");
      if (options.failure) throw options.failure;
      present = true;
    },
  };
  return { part, calls };
}

function newContext(): Context {
  const cache = openCache({ PULUMI_OLLAMA_CHAT_CACHE: temporaryFolder() });
  return { cache, steps: new StepRunner(cache.path("logs"), () => undefined) };
}
