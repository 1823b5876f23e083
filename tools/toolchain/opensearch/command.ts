import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { messageOf } from "../../../diagnosis/failure";
import { isRoot } from "../apt";
import type { Cache } from "../cache";
import { ToolchainError } from "../failure";
import { isAlive } from "../lock";
import { freePort } from "../ollama-server";
import { type Context, ensure } from "../part";
import { requireJdk } from "../parts/jdk";
import { opensearchHome } from "../parts/opensearch-home";
import { startOpenSearch } from "./server";

const stopSeconds = 60;

/** As in the official image. Not an option, because every process list shows options. */
const PASSWORD = "OPENSEARCH_INITIAL_ADMIN_PASSWORD";

const usage = `npm run opensearch -- [--port <number>] [--data <folder>]

  --port  port on 127.0.0.1. Default: a free one
  --data  folder for configuration, data and log; kept when the server stops. Default: printed at the start

Set ${PASSWORD} to turn on users and TLS. It becomes the password of the user admin at the
first start. Without it the server has neither.`;

const recordSchema = z.object({ processId: z.number(), endpoint: z.string(), folder: z.string() });

/** `npm run opensearch`: OpenSearch with ML Commons as a process, without Docker. */
export async function runOpenSearch(context: Context, args: readonly string[]): Promise<number> {
  const { port, data } = readOptions(args);
  const password = process.env[PASSWORD] || undefined;
  const running = readRecord(context.cache);
  if (running) {
    throw new ToolchainError(
      `OpenSearch is already running: ${running.endpoint}, process ${running.processId}, ${running.folder}.`,
      "npm run opensearch:stop stops it.",
    );
  }
  const home = await ensure(opensearchHome, context);
  const { home: java } = await requireJdk();
  const folder = data === undefined ? defaultFolder(context.cache) : resolve(process.env.INIT_CWD ?? "", data);
  mkdirSync(folder, { recursive: true });
  const chosen = port ?? (await freePort());
  const options = { home: home.location, java, folder, port: chosen, password, outlives: true };
  const server = await context.steps.run(`OpenSearch ${home.version} as a process`, () => startOpenSearch(options));
  const { endpoint, processId, caCertificate } = server;
  mkdirSync(context.cache.folder, { recursive: true });
  writeFileSync(recordFile(context.cache), JSON.stringify({ processId, endpoint, folder }));
  if (caCertificate) writeFileSync(join(folder, "ca.pem"), caCertificate);
  const lines = [
    `OpenSearch ${home.version} with ML Commons: ${endpoint}${password === undefined ? ", no users, no TLS" : ", user admin"}`,
    caCertificate && `CA certificate: ${join(folder, "ca.pem")}`,
    `Data, configuration and log: ${folder}`,
    "npm run opensearch:stop stops it; its data stays.",
  ];
  for (const line of lines) if (line) console.log(line);
  return 0;
}

/** `npm run opensearch:stop`. */
export async function stopOpenSearch({ cache }: Context): Promise<number> {
  const running = readRecord(cache);
  if (!running) {
    console.log("No OpenSearch of npm run opensearch is running.");
    return 0;
  }
  process.kill(running.processId, "SIGTERM");
  const deadline = performance.now() + stopSeconds * 1000;
  while (isAlive(running.processId)) {
    if (performance.now() > deadline) {
      throw new ToolchainError(`Process ${running.processId} did not end within ${stopSeconds} s.`);
    }
    await new Promise((resolveWait) => setTimeout(resolveWait, 50));
  }
  rmSync(recordFile(cache), { force: true });
  console.log(`Stopped. Its data stays in ${running.folder}.`);
  return 0;
}

/** If root starts it, another user runs it, who cannot read root's folders. */
function defaultFolder(cache: Cache): string {
  return isRoot() ? "/var/tmp/pulumi-ollama-chat-opensearch" : cache.path("opensearch-server");
}

const recordFile = (cache: Cache): string => cache.path("opensearch-server.json");

/** The server of an earlier command, if it still runs. */
function readRecord(cache: Cache) {
  if (!existsSync(recordFile(cache))) return undefined;
  const { data } = recordSchema.safeParse(JSON.parse(readFileSync(recordFile(cache), "utf8")));
  if (!data) return undefined;
  // Process ids are reused: the process must have been started from that folder.
  const commandLine = `/proc/${data.processId}/cmdline`;
  const isOurs = existsSync(commandLine) && readFileSync(commandLine, "utf8").includes(data.folder);
  return isOurs ? data : undefined;
}

function readOptions(args: readonly string[]): { port?: number; data?: string } {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { port: text, data: text } });
    const { port, ...rest } = values;
    if (port === undefined) return rest;
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
      throw new Error(`--port: "${port}" is not a port; 1 to 65535 are.`);
    }
    return { ...rest, port: Number(port) };
  } catch (error) {
    throw new ToolchainError(messageOf(error), usage);
  }
}
