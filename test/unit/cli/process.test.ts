import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { Collected } from "../../support/collected";
import { LoopbackServer } from "../../support/loopback-server";
import { temporaryFolder } from "../toolchain/temporary-folder";

const COMMAND = join(packageRoot, "dist", "cli", "main.js");
const PASSWORD = "Canary-Passw0rd-7531";

/** Prints which packages are loaded when the first request is made. */
const RECORDER = `
const http = require("node:http");
const { request } = http;
http.request = (...args) => {
  const named = (pattern) => Object.keys(require.cache).map((file) => pattern.exec(file)?.[1]).filter(Boolean);
  const packages = named(/node_modules[/\\\\]((?:@[^/\\\\]+[/\\\\])?[^/\\\\]+)/);
  console.error(JSON.stringify([...new Set(packages)]));
  return request(...args);
};`;

/** An OpenSearch that does with a question what the test says. */
class Cluster extends LoopbackServer {
  asked: (response: ServerResponse) => void = () => undefined;

  protected answer(_: IncomingMessage, __: string, response: ServerResponse): void {
    this.asked(response);
  }
}

describe("ollama-chat ask as a process of its own", () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await new Cluster().start();
  });
  afterEach(() => cluster.stop());

  function start(...options: readonly string[]): { child: ChildProcess; out: Collected; err: Collected } {
    const access = ["--opensearch", cluster.endpoint, "--username", "admin", "--model-id", "m1"];
    const env = { ...process.env, NODE_OPTIONS: "", OLLAMA_CHAT_OPENSEARCH_PASSWORD: PASSWORD };
    const args = [...options, COMMAND, "ask", "a private question", ...access];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = [new Collected(), new Collected()];
    child.stdout?.pipe(out);
    child.stderr?.pipe(err);
    return { child, out, err };
  }

  it("loads neither Pulumi's SDK nor the certificate library", async () => {
    cluster.asked = (response) => {
      const dataAsMap = { model: "smollm2:135m", response: "an answer" };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ inference_results: [{ output: [{ name: "response", dataAsMap }] }] }));
    };
    const recorder = join(temporaryFolder(), "recorder.cjs");
    writeFileSync(recorder, RECORDER);
    const { child, out, err } = start("--require", recorder);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(out.text).toBe("an answer\n");
    const packages: unknown = JSON.parse(err.text.split("\n")[0] ?? "");
    expect(packages).toContain("@opensearch-project/opensearch");
    expect(packages).not.toContain("@pulumi/pulumi");
    expect(packages).not.toContain("@peculiar/x509");
  });

  it("ends with 130 at Ctrl+C while the model thinks, and prints neither the password nor the question", async () => {
    const { child, out, err } = start();
    cluster.asked = () => child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(out.text).toBe("");
    expect(err.text).toBe("");
  });
});
