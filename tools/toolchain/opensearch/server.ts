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
/** The user for the server if this process is root, because OpenSearch refuses to run as root. */
const unprivileged = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
/** The folders that the server writes to. The rest of its home is links into the cache. */
const ownFolders = ["config", "data", "logs", "tmp"];

export interface ServerOptions {
  /** The installed home, shared by all servers. */
  readonly home: string;
  /** The Java that runs it. */
  readonly java: string;
  /** The server's own folder, with its configuration, data and log. May exist from an earlier start. */
  readonly folder: string;
  readonly port: number;
  /** Heap, in megabytes. Default: 768. */
  readonly heapMegabytes?: number;
  /** Turns on users and TLS, with this password for the user `admin` at the first start. Default: neither. */
  readonly password?: string;
  /** Additional lines of its configuration, by key. Default: none. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Keep running when this process ends. Default: end with it, however it ends. */
  readonly outlives?: boolean;
}

/** Signs in by certificate and may change reserved users. */
export interface Administrator {
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** An OpenSearch that runs as a process, without Docker. */
export interface OpenSearchServer {
  readonly endpoint: string;
  readonly processId: number;
  readonly logFile: string;
  /** PEM of the authority that signed its certificate; undefined without TLS. */
  readonly caCertificate: string | undefined;
  /** The client certificate of the demo configuration's administrator; undefined without users. */
  readonly administrator: Administrator | undefined;
  /** Ends it gracefully, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts OpenSearch and waits until it answers. If it ends before that, the error shows the end of its log. */
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
  const pem = (file: string) => readFileSync(join(home, "config", file), "utf8");
  return {
    endpoint,
    processId: child.pid ?? 0,
    logFile,
    caCertificate: password === undefined ? undefined : pem("root-ca.pem"),
    administrator:
      password === undefined ? undefined : { clientCertificate: pem("kirk.pem"), clientKey: pem("kirk-key.pem") },
    stop: () => stopProcess(child),
  };
}

/** Makes the server's own home: links into the cache, and copies of what it writes to. */
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
    // Any free port: with one node nobody connects to it.
    "transport.port": "0",
    // Otherwise indices become read-only on a nearly full disk.
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    ...(hasSecurity && password === undefined ? { "plugins.security.disabled": "true" } : {}),
    ...settings,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}

/**
 * Runs the security plugin's own installer, as the official image does: demo certificates, users, the admin's password.
 */
async function setUpSecurity(home: string, environment: Record<string, string>): Promise<void> {
  const installer = join(home, "plugins", "opensearch-security", "tools", "install_demo_configuration.sh");
  const [command = "", ...args] = asUser(["bash", installer, "-y", "-i", "-s"], true);
  await run(command, args, { cwd: home, environment });
}

/** The command line that runs `command` as a permitted user, and optionally ends it with this process. */
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

/** A cluster with users answers 401 without a password once it is ready. */
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
