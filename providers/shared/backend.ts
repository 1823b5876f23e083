import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { backends } from "./run-memory";

/** Where to look up the Pulumi backend of a process. */
export interface BackendLookup {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The project's folder, or one below it. */
  readonly folder: string;
}

const HERE: BackendLookup = { environment: process.env, folder: process.cwd() };

/**
 * Identifies the Pulumi backend that stores the state: its URL, with the machine's name for a local folder. A URN
 * contains only stack and project, and the engine does not tell providers the backend. So this looks where the CLI
 * does: `PULUMI_BACKEND_URL`, `backend.url` in Pulumi.yaml, then the login.
 */
export function backend(lookup?: BackendLookup): string {
  if (lookup !== undefined) return lookUpBackend(lookup);
  const key = JSON.stringify([process.env.PULUMI_BACKEND_URL, process.env.PULUMI_HOME]);
  const known = backends.get(key) ?? lookUpBackend(HERE);
  backends.set(key, known);
  return known;
}

function lookUpBackend(lookup: BackendLookup): string {
  const url = backendUrl(lookup);
  const folder = backendFolder(lookup, url);
  return folder === undefined ? url.replace(/\/+$/, "") : `file://${hostname()}${folder}`;
}

/** The folder that contains `.pulumi`, if the backend is a local folder. */
export function backendFolder(lookup: BackendLookup, url = backendUrl(lookup)): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const path = url
    .replace(/^file:\/\//, "")
    .replace(/\?.*$/, "")
    .replace(/^~(?=$|\/)/, homedir());
  return resolve(lookup.folder, path);
}

function backendUrl({ environment, folder }: BackendLookup): string {
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

function loggedIn(environment: BackendLookup["environment"]): string | undefined {
  const home = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  const text = textOf(join(home, "credentials.json"));
  return text === undefined ? undefined : read(credentialsSchema, () => JSON.parse(text))?.current;
}

/** `undefined` for an unreadable file. The CLI itself reports what is wrong with it. */
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
