import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../diagnosis/failure";
import { ToolchainError } from "./failure";
import type { Step } from "./steps";

/** How long to wait for an official source's first byte before using the package registries. */
const firstByteSeconds = 5;

/** Downloads `url` to `file`; false if the source can't be reached or lacks the file. A wrong checksum is an error. */
export async function download(
  url: string,
  file: string,
  step: Step,
  expected?: { readonly algorithm: "sha256" | "sha512"; readonly hex: string },
): Promise<boolean> {
  const response = await open(url, step);
  if (!response?.body) return false;
  const hash = createHash(expected?.algorithm ?? "sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), hashing, createWriteStream(file));
  const actual = hash.digest("hex");
  if (expected && actual !== expected.hex) {
    throw new ToolchainError(`${url} has the checksum ${actual}, but ${expected.hex} was published for it.`);
  }
  return true;
}

/** The text at `url`, or undefined if it can't be fetched. */
export async function downloadText(url: string, step: Step): Promise<string | undefined> {
  const response = await open(url, step);
  return response?.text();
}

/** Whether anything answers at `url`, whatever its status. */
export async function isReachable(url: string, step: Step): Promise<boolean> {
  const response = await request(url, step);
  await response?.body?.cancel();
  return response !== undefined;
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function open(url: string, step: Step): Promise<Response | undefined> {
  const response = await request(url, step);
  if (response === undefined || response.ok) return response;
  step.log.write(`${url}: status ${response.status}\n`);
  await response.body?.cancel();
  return undefined;
}

async function request(url: string, step: Step): Promise<Response | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer in ${firstByteSeconds} s`)), firstByteSeconds * 1000);
  try {
    return await fetch(url, { signal: abort.signal, redirect: "follow" });
  } catch (error) {
    const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : "";
    step.log.write(`${url} can't be reached: ${messageOf(error)}${cause}\n`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
