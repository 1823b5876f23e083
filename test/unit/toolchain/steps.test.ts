import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PartUnavailable } from "../../../tools/toolchain/failure";
import { formatBytes, formatSeconds, StepRunner, slug } from "../../../tools/toolchain/steps";
import { temporaryFolder } from "./temporary-folder";

describe("StepRunner", () => {
  it("prints one line at the start, what the step says, and one with the time at the end", async () => {
    const { runner, lines } = newRunner();
    const result = await runner.run("Docker engine", async (step) => {
      step.say("starting it");
      return 42;
    });
    expect(result).toBe(42);
    expect(lines.map(withoutTimes)).toEqual(["• Docker engine …", "  starting it", "✓ Docker engine (T)"]);
    expect(runner.times).toEqual([{ title: "Docker engine", seconds: expect.any(Number) }]);
  });

  it("explains a failure with its message, the log file and the end of the log", async () => {
    const { runner, folder } = newRunner();
    const failing = runner.run("Ollama 0.17.4 (CPU)", async (step) => {
      step.log.write("compiling\nfatal error: stb_image.h\n");
      throw new Error('"go build" failed (exit code 1).');
    });
    const log = join(folder, "ollama-0.17.4-cpu.log");
    await expect(failing).rejects.toThrow(/^Ollama 0\.17\.4 \(CPU\) failed after [\d.]+ s\.\n/);
    await expect(failing).rejects.toThrow(
      `  "go build" failed (exit code 1).\n  The end of ${log}:\n    compiling\n    fatal error: stb_image.h`,
    );
    expect(readFileSync(log, "utf8")).toBe("compiling\nfatal error: stb_image.h\n");
  });

  it("passes on that a part can't be had here as it is", async () => {
    const { runner, lines } = newRunner();
    const reason = new PartUnavailable("No JDK was found.", "Install one.");
    await expect(
      runner.run("Java", async () => {
        throw reason;
      }),
    ).rejects.toBe(reason);
    expect(lines.map(withoutTimes)).toEqual(["• Java …", "– Java: not possible here (T)"]);
  });
});

describe("formats", () => {
  it.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [42.4, "42 s"],
    [59.7, "1 min 0 s"],
    [357, "5 min 57 s"],
  ])("%d seconds as %s", (seconds, expected) => {
    expect(formatSeconds(seconds)).toBe(expected);
  });

  it.each([
    [800, "1 kB"],
    [36_552_328, "37 MB"],
    [1_234_567_890, "1.2 GB"],
  ])("%d bytes as %s", (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it("titles as file names", () => {
    expect(slug("Image pulumi-ollama-chat/ollama:0.17.4")).toBe("image-pulumi-ollama-chat-ollama-0.17.4");
  });
});

function newRunner() {
  const folder = temporaryFolder();
  const lines: string[] = [];
  return { runner: new StepRunner(folder, (line) => lines.push(line)), lines, folder };
}

function withoutTimes(line: string): string {
  return line.replace(/\([\d.]+ s\)/, "(T)");
}
