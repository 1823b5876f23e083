import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { backends } from "./run-memory";

/** Where a process of Pulumi's finds out which backend it works for. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder inside the project. */
  readonly folder: string;
}

const HERE: Surroundings = { environment: process.env, folder: process.cwd() };

/**
 * The Pulumi backend that keeps the state, as text that tells it from others: its URL, and for a folder of this machine
 * the machine's name too. A URN names stack and project only, and the engine tells providers nothing of the backend, so
 * it is looked up where the CLI looks it up: `PULUMI_BACKEND_URL`, `backend.url` of Pulumi.yaml, then the login.
 */
export function backend(surroundings?: Surroundings): string {
  if (surroundings !== undefined) return lookedUp(surroundings);
  const key = JSON.stringify([process.env.PULUMI_BACKEND_URL, process.env.PULUMI_HOME]);
  const known = backends.get(key) ?? lookedUp(HERE);
  backends.set(key, known);
  return known;
}

function lookedUp(surroundings: Surroundings): string {
  const url = backendUrl(surroundings);
  const folder = backendFolder(surroundings, url);
  return folder === undefined ? url.replace(/\/+$/, "") : `file://${hostname()}${folder}`;
}

/** Where the backend is a folder of this machine: that folder, in which `.pulumi` lies. */
export function backendFolder(surroundings: Surroundings, url = backendUrl(surroundings)): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const path = url
    .replace(/^file:\/\//, "")
    .replace(/\?.*$/, "")
    .replace(/^~(?=$|\/)/, homedir());
  return resolve(surroundings.folder, path);
}

function backendUrl({ environment, folder }: Surroundings): string {
  return environment.PULUMI_BACKEND_URL || projectBackend(folder) || loggedIn(environment) || "";
}

const projectSchema = z.object({ backend: z.object({ url: z.string().optional() }).optional() });
const credentialsSchema = z.object({ current: z.string().optional() });

function projectBackend(folder: string): string | undefined {
  for (let each = folder; ; each = dirname(each)) {
    const text = textOf(join(each, "Pulumi.yaml")) ?? textOf(join(each, "Pulumi.yml"));
    if (text !== undefined) return read(projectSchema, () => parse(text))?.backend?.url;
    if (each === dirname(each)) return undefined;
  }
}

function loggedIn(environment: Surroundings["environment"]): string | undefined {
  const home = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  const text = textOf(join(home, "credentials.json"));
  return text === undefined ? undefined : read(credentialsSchema, () => JSON.parse(text))?.current;
}

/** A file that cannot be read or understood names no backend; the CLI itself tells what is wrong with it. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function read<T>(schema: z.ZodType<T>, parsed: () => unknown): T | undefined {
  try {
    return schema.safeParse(parsed()).data;
  } catch {
    return undefined;
  }
}
