import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCache } from "../../../tools/toolchain/cache";
import { toolchainEnvironment } from "../../../tools/toolchain/environment";
import { packageRoot } from "../../../tools/toolchain/package-root";

const required = (...path: string[]) => `--require ${JSON.stringify(join(packageRoot, ...path))}`;
const PRELOADS = `${required("fast-start.cjs")} ${required("tools", "toolchain", "compiled-program.cjs")}`;
const cache = openCache({ PULUMI_OLLAMA_CHAT_CACHE: "/cache" });

describe("toolchainEnvironment", () => {
  it("lets children find the toolchain's Pulumi and Node.js first, and keeps Pulumi's own files in the cache", () => {
    const input = { cache, nodeFolder: "/cache/node/bin", pulumiFolder: "/cache/pulumi" };
    expect(toolchainEnvironment(input, { PATH: "/usr/bin:/bin" })).toEqual({
      PATH: "/cache/pulumi:/cache/node/bin:/usr/bin:/bin",
      PULUMI_OLLAMA_CHAT_CACHE: "/cache",
      PULUMI_OLLAMA_CHAT_TOOLCHAIN: "/cache/toolchain.json",
      PULUMI_HOME: "/cache/pulumi-home",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      OLLAMA_CHAT_COMPILE_CACHE: "/cache/node-compile-cache",
      NODE_COMPILE_CACHE: "",
      NODE_OPTIONS: PRELOADS,
    });
  });

  it("names no folder of PATH twice, however often it is applied", () => {
    const input = { cache, nodeFolder: "/usr/bin", pulumiFolder: "/cache/pulumi" };
    const once = toolchainEnvironment(input, { PATH: "/usr/local/bin:/usr/bin" });
    expect(once.PATH).toBe("/cache/pulumi:/usr/bin:/usr/local/bin");
    expect(toolchainEnvironment(input, once).PATH).toBe(once.PATH);
  });

  it("keeps the options of Node.js that are set already, and adds its own once", () => {
    const input = { cache, nodeFolder: "/n" };
    const once = toolchainEnvironment(input, { NODE_OPTIONS: "--max-old-space-size=8192" });
    expect(once.NODE_OPTIONS).toBe(`--max-old-space-size=8192 ${PRELOADS}`);
    expect(toolchainEnvironment(input, once).NODE_OPTIONS).toBe(once.NODE_OPTIONS);
  });

  it("passes on where Docker listens when that is not the default", () => {
    const input = { cache, nodeFolder: "/n", dockerHost: "unix:///run/user/1000/docker.sock" };
    expect(toolchainEnvironment(input, {}).DOCKER_HOST).toBe("unix:///run/user/1000/docker.sock");
  });
});
