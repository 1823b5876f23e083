import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, downloadText, isReachable, sha256OfFile } from "../../../tools/toolchain/download";
import type { Step } from "../../../tools/toolchain/steps";
import { temporaryFolder } from "./temporary-folder";

const content = "an archive";
const sha256 = createHash("sha256").update(content).digest("hex");

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.writeHead(request.url === "/archive" ? 200 : 404).end(request.url === "/archive" ? content : "not here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("download", () => {
  it("fetches a file whose checksum is the published one", async () => {
    const { step, file } = newStep();
    expect(await download(`${base}/archive`, file, step, { algorithm: "sha256", hex: sha256 })).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(await sha256OfFile(file)).toBe(sha256);
  });

  it("fails on another checksum: that is no reason to build the part instead", async () => {
    const { step, file } = newStep();
    await expect(download(`${base}/archive`, file, step, { algorithm: "sha256", hex: "00" })).rejects.toThrow(
      `${base}/archive has the checksum ${sha256}, but 00 was published for it.`,
    );
  });

  it("is false where the source hasn't got the file", async () => {
    const { step, file } = newStep();
    expect(await download(`${base}/missing`, file, step)).toBe(false);
    expect(existsSync(file)).toBe(false);
    expect(await downloadText(`${base}/missing`, step)).toBeUndefined();
  });

  it("is false where nobody answers", async () => {
    const { step, file } = newStep();
    // Port 9 (discard) is in no use on a loopback address.
    expect(await download("http://127.0.0.1:9/archive", file, step)).toBe(false);
    expect(await isReachable("http://127.0.0.1:9/", step)).toBe(false);
  });

  it("finds a source reachable whatever its status: a registry asks for a log-in first", async () => {
    const { step } = newStep();
    expect(await isReachable(`${base}/missing`, step)).toBe(true);
  });
});

function newStep(): { step: Step; file: string } {
  const log = new PassThrough().resume();
  return { step: { log, say: () => undefined }, file: join(temporaryFolder(), "file") };
}
