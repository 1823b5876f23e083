import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { get as getPlainly } from "node:http";
import { get as getSecurely } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRoot } from "../apt";
import { ToolchainError } from "../failure";
import { linkTree } from "../link-tree";
import { run } from "../run";
import { indent, tail } from "../text";

const startSeconds = 300;
const stopSeconds = 60;
/** Who runs the server where this process is root, as which it refuses to run. */
const unprivileged = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
/** What the server writes to; the rest of its home is links into the cache. */
const ownFolders = ["config", "data", "logs", "tmp"];

export interface ServerOptions {
  /** The laid out home, shared by all servers. */
  readonly home: string;
  /** The Java that runs it. */
  readonly java: string;
  /** The server's own folder: its configuration, data and log. It may be there from an earlier start. */
  readonly folder: string;
  readonly port: number;
  /** Heap, in megabytes. Default: 768. */
  readonly heapMegabytes?: number;
  /** Turns users and TLS on, with this password of the user `admin` at the first start. Default: neither. */
  readonly password?: string;
  /** Lines of its configuration, by key. Default: none beside those it needs. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Goes on when this process ends. Default: it ends with it, however that ends. */
  readonly outlives?: boolean;
}

/** An OpenSearch that runs as a process, without Docker. */
export interface OpenSearchServer {
  readonly endpoint: string;
  readonly processId: number;
  readonly logFile: string;
  /** PEM of the authority that signed its certificate; undefined without TLS. */
  readonly caCertificate: string | undefined;
  /** Ends it as an operator would, and waits for that. */
  stop(): Promise<void>;
}

/** Starts OpenSearch and waits until it answers; a server that ends before that is an error with the end of its log. */
export async function startOpenSearch(options: ServerOptions): Promise<OpenSearchServer> {
  const { folder, port, password, heapMegabytes = 768 } = options;
  const home = join(folder, "home");
  const hasSecurity = existsSync(join(options.home, "plugins", "opensearch-security"));
  prepare(options.home, home);
  writeFileSync(join(home, "config", "opensearch.yml"), configuration(options, hasSecurity));
  if (isRoot()) {
    await run("chown", ["nobody:nogroup", folder, home]);
    await run("chown", ["-R", "nobody:nogroup", ...ownFolders.map((name) => join(home, name))]);
  }
  const environment: Record<string, string> = {
    OPENSEARCH_JAVA_HOME: options.java,
    OPENSEARCH_JAVA_OPTS: `-Xms${heapMegabytes}m -Xmx${heapMegabytes}m`,
    OPENSEARCH_PATH_CONF: join(home, "config"),
    OPENSEARCH_TMPDIR: join(home, "tmp"),
    ...(password === undefined ? {} : { OPENSEARCH_INITIAL_ADMIN_PASSWORD: password }),
  };
  if (password !== undefined) await setUpSecurity(home, environment);
  const logFile = join(folder, "server.log");
  const log = openSync(logFile, "a");
  const [command = "", ...args] = asUser([join(home, "bin", "opensearch")], options.outlives !== true);
  const child = spawn(command, args, {
    cwd: home,
    env: { ...process.env, ...environment },
    stdio: ["ignore", log, log],
    detached: options.outlives === true,
  });
  const endpoint = `${password === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  await untilReady(child, endpoint, logFile);
  if (options.outlives) child.unref();
  return {
    endpoint,
    processId: child.pid ?? 0,
    logFile,
    caCertificate: password === undefined ? undefined : readFileSync(join(home, "config", "root-ca.pem"), "utf8"),
    stop: () => stopProcess(child),
  };
}

/** A home of the server's own: links into the cache, but for what is written to. */
function prepare(shared: string, home: string): void {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(shared)) {
    if (existsSync(join(home, name))) continue;
    if (ownFolders.includes(name)) cpSync(join(shared, name), join(home, name), { recursive: true });
    else linkTree(join(shared, name), join(home, name));
  }
  for (const name of ownFolders) mkdirSync(join(home, name), { recursive: true });
}

function configuration({ port, password, settings = {} }: ServerOptions, hasSecurity: boolean): string {
  const all = {
    "cluster.name": "pulumi-ollama-chat",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": port,
    // Any: with one node nobody connects to it.
    "transport.port": "0",
    // On a developer's disk that is nearly full, indices would become read-only.
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    ...(hasSecurity && password === undefined ? { "plugins.security.disabled": "true" } : {}),
    ...settings,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}

/** The security plugin's own installer, as in the official image: demo certificates, users, the admin's password. */
async function setUpSecurity(home: string, environment: Record<string, string>): Promise<void> {
  const installer = join(home, "plugins", "opensearch-security", "tools", "install_demo_configuration.sh");
  const [command = "", ...args] = asUser(["bash", installer, "-y", "-i", "-s"], true);
  await run(command, args, { cwd: home, environment });
}

/** The command line that runs `command` as a user that may run the server, and ends it with this process if asked to. */
function asUser(command: readonly string[], endsWithParent: boolean): string[] {
  const flags = [...(isRoot() ? unprivileged : []), ...(endsWithParent ? ["--pdeathsig", "TERM"] : [])];
  return flags.length === 0 ? [...command] : ["setpriv", ...flags, ...command];
}

async function untilReady(child: ChildProcess, endpoint: string, logFile: string): Promise<void> {
  let failure: string | undefined;
  child.on("error", (error) => {
    failure = error.message;
  });
  child.on("exit", (code, signal) => {
    failure ??= `it ended (${signal ?? `exit code ${code}`})`;
  });
  const deadline = performance.now() + startSeconds * 1000;
  while (failure === undefined && performance.now() < deadline) {
    if (await answers(endpoint)) return;
    await sleep(100);
  }
  child.kill("SIGTERM");
  throw new ToolchainError(
    `OpenSearch did not start at ${endpoint}: ${failure ?? `no answer in ${startSeconds} s`}.`,
    `The end of ${logFile}:\n${indent(tail(readFileSync(logFile, "utf8"), 15))}`,
  );
}

/** 401 is what a cluster with users answers to a stranger once it is ready. */
function answers(endpoint: string): Promise<boolean> {
  const get = endpoint.startsWith("https:") ? getSecurely : getPlainly;
  return new Promise((resolve) => {
    const request = get(endpoint, { rejectUnauthorized: false, timeout: 5000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 || response.statusCode === 401);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), stopSeconds * 1000);
  await ended;
  clearTimeout(impatient);
}
