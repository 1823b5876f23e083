import { PassThrough } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { endWithEngine } from "../../../../providers/dynamic/engine-gone";

describe("the end of the engine", () => {
  const watched = () => {
    const input = new PassThrough();
    const ended = new Promise<void>((resolve) => endWithEngine(input, resolve));
    return { input, ended };
  };

  it("is the end of the input that it holds", async () => {
    const { input, ended } = watched();
    input.end();
    await expect(ended).resolves.toBeUndefined();
  });

  it("is an error of that input too", async () => {
    const { input, ended } = watched();
    input.destroy(new Error("read EIO"));
    await expect(ended).resolves.toBeUndefined();
  });

  it("is not that something is written to it", async () => {
    const end = vi.fn();
    const input = new PassThrough();
    endWithEngine(input, end);
    input.write("a line");
    await vi.waitFor(() => expect(input.readableLength).toBe(0));
    expect(end).not.toHaveBeenCalled();
  });

  it("is not looked for in a process that no engine started", () => {
    const end = vi.spyOn(process, "exit");
    const listeners = process.stdin.listenerCount("end");
    endWithEngine();
    expect(process.stdin.listenerCount("end")).toBe(listeners);
    expect(end).not.toHaveBeenCalled();
  });
});
