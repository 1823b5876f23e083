import { describe, expect, it } from "vitest";
import { cpuTarget } from "../../../tools/toolchain/cpu";

describe("cpuTarget", () => {
  it("compiles for AVX2 where the CPU has all of what that build uses", () => {
    expect(cpuTarget("x64", "processor: 0\nflags\t\t: fpu sse4_2 fma f16c avx2 bmi2\n")).toEqual({
      key: "x64-avx2",
      compilerFlags: ["-mavx2", "-mfma", "-mf16c", "-mbmi2"],
    });
  });

  it("compiles for every CPU, under another key, where one of them is missing", () => {
    expect(cpuTarget("x64", "flags\t\t: fpu sse4_2 fma f16c avx2\n")).toEqual({ key: "x64", compilerFlags: [] });
    expect(cpuTarget("x64", "")).toEqual({ key: "x64", compilerFlags: [] });
  });

  it("has a key for each architecture", () => {
    expect(cpuTarget("arm64", "Features\t: asimd")).toEqual({ key: "arm64", compilerFlags: [] });
  });
});
