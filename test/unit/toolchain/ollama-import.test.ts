import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importModel } from "../../../tools/toolchain/ollama-import";
import { LoopbackServer } from "../../support/loopback-server";
import { temporaryFolder } from "./temporary-folder";

/** As much of Ollama as an import needs. */
class Importing extends LoopbackServer {
  readonly requests: string[] = [];
  readonly blobs = new Map<string, string>();
  created: unknown;
  lastLine: object = { status: "success" };
  uploadStatus = 201;

  protected answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    const digest = url.replace("/api/blobs/", "");
    this.requests.push(`${method} ${url.slice(0, 20)}`);
    if (method === "HEAD") return void response.writeHead(this.blobs.has(digest) ? 200 : 404).end();
    if (url.startsWith("/api/blobs/")) {
      this.blobs.set(digest, body);
      return void response.writeHead(this.uploadStatus).end("no space left on device");
    }
    this.created = JSON.parse(body);
    response.writeHead(200).end(`{"status":"converting model"}\n${JSON.stringify(this.lastLine)}\n`);
  }
}

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

describe("a model made of a folder of weights", () => {
  let server: Importing;
  let folder: string;
  const lines: string[] = [];
  const importIt = () => importModel(new URL(server.endpoint).host, "m:latest", folder, (line) => lines.push(line));

  beforeEach(async () => {
    server = await new Importing().start();
    folder = temporaryFolder();
    lines.length = 0;
    mkdirSync(join(folder, "1_Pooling"));
    for (const file of [
      "config.json",
      "1_Pooling/config.json",
      "model.safetensors",
      "vocab.txt",
      "README.md",
      "code.py",
    ]) {
      writeFileSync(join(folder, file), `text of ${file}`);
    }
  });

  afterEach(async () => {
    await server.stop();
  });

  it("names its files by their paths, so that two of one name stay two, and leaves out what is for people", async () => {
    await importIt();
    const files = ["1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt"];
    expect(server.created).toStrictEqual({
      model: "m:latest",
      files: Object.fromEntries(files.map((file) => [file, digestOf(`text of ${file}`)])),
    });
    expect([...server.blobs.values()].sort()).toStrictEqual(files.map((file) => `text of ${file}`));
    expect(lines).toStrictEqual(['{"status":"converting model"}', '{"status":"success"}']);
  });

  it("sends nothing that the server has already", async () => {
    await importIt();
    server.requests.length = 0;
    await importIt();
    expect(server.requests.filter((line) => line.startsWith("POST /api/blobs"))).toStrictEqual([]);
  });

  it("fails with the server's own words", async () => {
    server.lastLine = { error: "unknown architecture" };
    await expect(importIt()).rejects.toThrow(
      'Ollama could not create m:latest from its weights: {"error":"unknown architecture"}',
    );
  });

  it("fails where a file is refused, and names it", async () => {
    server.uploadStatus = 507;
    await expect(importIt()).rejects.toThrow(/Ollama refused \S+config\.json: 507 no space left on device/);
  });
});
