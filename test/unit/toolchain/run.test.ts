import { describe, expect, it } from "vitest";
import { attempt, findOnPath, run } from "../../../tools/toolchain/run";
import { tail } from "../../../tools/toolchain/text";

describe("attempt", () => {
  it("answers with the exit code and both outputs", async () => {
    expect(await attempt("sh", ["-c", "echo out; echo err >&2; exit 3"])).toEqual({
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  it("answers 127 for a program that isn't there", async () => {
    expect((await attempt("no-such-program", [])).code).toBe(127);
  });

  it("gives the program its input and its environment", async () => {
    const options = { input: "hello", environment: { GREETING: "to you" } };
    const { stdout } = await attempt("sh", ["-c", 'cat; echo " $GREETING"'], options);
    expect(stdout).toBe("hello to you\n");
  });

  it("ends a program that takes longer than allowed", async () => {
    const { code, stderr } = await attempt("sleep", ["60"], { timeoutSeconds: 0.05 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "ended by SIGTERM" });
  });
});

describe("run", () => {
  it("fails with the command, its exit code and the end of what it said", async () => {
    await expect(run("sh", ["-c", "echo no space left >&2; exit 2"])).rejects.toThrow(
      '"sh -c echo no space left >&2; exit 2" failed (exit code 2).\n  no space left',
    );
  });
});

describe("findOnPath", () => {
  it("finds the first executable of that name", () => {
    expect(findOnPath("sh", "/nowhere:/bin:/usr/bin")).toBe("/bin/sh");
    expect(findOnPath("no-such-program", "/bin")).toBeUndefined();
  });
});

describe("tail", () => {
  it("keeps the last lines", () => {
    expect(tail("a\nb\nc\n", 2)).toBe("b\nc");
  });
});
