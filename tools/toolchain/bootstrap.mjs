#!/usr/bin/env node
// The entry point on a fresh machine with Node.js >= 18 and npm: no node_modules, nothing compiled.
// Gets a recent Node.js, installs the dependencies, builds, and hands over to dist/tools/toolchain/main.js.
// Checks in milliseconds which of these are done already, and skips them.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./fingerprint.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const versions = JSON.parse(readFileSync(join(root, "tools", "toolchain", "versions.json"), "utf8"));
const cache =
  process.env.PULUMI_OLLAMA_CHAT_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-ollama-chat");
const unreachable = "the registry can't be reached from here";
/** What npm's error codes mean, in the words of failure.ts. */
const refusals = [
  [/^(E404|ETARGET)$/, "the registry doesn't have this version any more"],
  [/^E40[13]$/, "the registry doesn't have this version any more, or it can't be reached from here"],
  [/^(E50[0234]|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)$/, unreachable],
];

main().catch((error) => {
  console.error(error.expected ? error.message : error);
  process.exitCode = 1;
});

async function main() {
  const node = findNode() ?? fetchNode();
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
  const environment = { ...process.env, PATH: path, PULUMI_OLLAMA_CHAT_CACHE: cache };
  if (!dependenciesInStep() || !isBuilt(root)) {
    await withLock(join(cache, "locks", `checkout-${hash(root).slice(0, 12)}`), () => {
      if (!dependenciesInStep()) installDependencies(node, environment);
      if (!isBuilt(root)) build(node, environment);
    });
  }
  await handOver(node, environment);
}

/** This Node.js if it is recent enough, else the one that an earlier run put into the cache. */
function findNode() {
  if (atLeast(process.versions.node, versions.nodeMinimum)) return process.execPath;
  const cached = join(cache, "node", versions.node, "bin", "node");
  return existsSync(cached) ? cached : undefined;
}

function fetchNode() {
  const platform = `${process.platform}-${process.arch}`;
  // Pinned, so that only reviewed code runs.
  const integrity = versions.nodeIntegrity[platform];
  if (!integrity) {
    throw expected(
      `This Node.js is ${process.versions.node}; ${versions.nodeMinimum} or later is needed, and for ${platform} it can't be ` +
        `fetched from here. Install Node.js ${versions.node} and run the command again.`,
    );
  }
  say(`Node.js ${process.versions.node} is too old; getting ${versions.node} from npm (package node-${platform})`);
  const target = join(cache, "node", versions.node);
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(join(cache, "node", ".partial-"));
  try {
    const spec = `node-${platform}@${versions.node}`;
    runNpm(process.execPath, ["pack", "--loglevel=error", "--pack-destination", work, spec], {
      output: "ignore",
      what: `Node.js ${versions.node}`,
      change: '"node" and "nodeIntegrity" in tools/toolchain/versions.json',
      instead: `Or install Node.js ${versions.nodeMinimum} or later: then none is fetched.`,
    });
    const archive = join(work, readdirSync(work).find((name) => name.endsWith(".tgz")) ?? "nothing-was-packed");
    const actual = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (actual !== integrity) {
      throw expected(
        `The npm package ${spec} is not the one this project was tested with (its hash is ${actual}). Not used.`,
      );
    }
    run("tar", ["-xzf", archive, "-C", work]);
    const unpacked = join(work, "package");
    chmodSync(join(unpacked, "bin", "node"), 0o755);
    if (!existsSync(target)) renameSync(unpacked, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(target, "bin", "node");
}

/** Whether node_modules matches package-lock.json, by the stamp of an earlier check or by npm's own record. */
function dependenciesInStep() {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const stamp = join(root, "node_modules", ".pulumi-ollama-chat");
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const fingerprint = hash(`${lockText}\0${readFileSync(record, "utf8")}`);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return true;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages ?? {};
  const inStep = Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
    if (path === "" || !path.startsWith("node_modules/")) return true;
    const found = installed[path];
    // The lock file also lists optional packages for other platforms.
    if (!found) return wanted.optional === true || wanted.peer === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
  if (inStep) writeFileSync(stamp, fingerprint);
  return inStep;
}

function installDependencies(node, environment) {
  say("Installing the npm dependencies (npm ci)");
  // Without scripts: the package's own `prepare` would build, which is the next step, under a lock.
  runNpm(node, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    environment,
    what: "The npm packages of package-lock.json",
    change: "package-lock.json (npm update, with the name of the package)",
  });
  if (!dependenciesInStep()) throw expected("npm ci ended well, but node_modules doesn't match package-lock.json.");
}

function build(node, environment) {
  say("Compiling the TypeScript sources");
  run(node, [join(root, "tools", "toolchain", "build.mjs")], { environment });
}

/** npm's JavaScript, to run it with any Node.js: the npm that started this process, or the first one on PATH. */
function npmCli() {
  const started = process.env.npm_execpath;
  if (started && basename(started) === "npm-cli.js" && existsSync(started)) return started;
  const candidates = [
    ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "npm")),
    join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  for (const candidate of candidates.filter(existsSync)) {
    const real = realpathSync(candidate);
    if (basename(real) === "npm-cli.js") return real;
    const beside = join(dirname(real), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
    if (existsSync(beside)) return beside;
  }
  throw expected("npm was not found on PATH. Install npm (it comes with Node.js) and run the command again.");
}

/** Runs main.js in the foreground and passes on input, output, exit code and signals. */
function handOver(node, environment) {
  const main = join(root, "dist", "tools", "toolchain", "main.js");
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit", env: environment });
  // In a terminal Ctrl-C reaches the child directly. Pulumi takes a second one for "terminate at once".
  const interactive = process.stdin.isTTY;
  process.on("SIGINT", () => interactive || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (signal) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
        return;
      }
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

/**
 * Keeps two first runs from installing or compiling into the same folder. The holder's process id shows a dead lock.
 */
async function withLock(file, action) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(readFileSync(file, "utf8").trim() || "0");
      if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
      if (!told) say(`Waiting for another run (process ${holder}), which is installing or compiling here`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    action();
  } finally {
    rmSync(file, { force: true });
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Runs npm for pinned packages. If the registry refuses, the error names the package, the likely cause and what to
 * change.
 */
function runNpm(node, args, { what, change, instead, ...options }) {
  const command = [npmCli(), ...args];
  const { status, stderr } = attempt(node, command, { ...options, errors: "pipe" });
  const cause = status === 0 ? undefined : refusal(stderr);
  if (cause) {
    const message = pinnedVersionGone({ what, change, cause, said: stderr });
    throw expected([message, instead].filter(Boolean).join("\n"));
  }
  process.stderr.write(stderr);
  if (status !== 0) throw failed(node, command, status);
}

/** Repeats `pinnedVersionGone` of failure.ts, because nothing is compiled yet. A test compares the two. */
function pinnedVersionGone({ what, change, cause, said }) {
  // The output after npm's stack trace only repeats what comes before it.
  const [before = ""] = said.split(/^npm error +at /m);
  const lines = before
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("npm error A complete log "));
  const network = "this machine's network, proxy or mirror settings. Only for another version: ";
  return [
    `${what} could not be fetched.`,
    ...lines.slice(-8).map((line) => `  ${line}`),
    `Likely cause: ${cause}.`,
    `What to change: ${cause === unreachable ? network : ""}${change}.`,
  ].join("\n");
}

/** The likely cause, if npm failed because of the registry. */
function refusal(said) {
  const code = /\bcode (E\w+)/.exec(said)?.[1] ?? "";
  return refusals.find(([codes]) => codes.test(code))?.[1];
}

function run(command, args, options) {
  const { status } = attempt(command, args, options);
  if (status !== 0) throw failed(command, args, status);
}

function attempt(command, args, { environment = process.env, output = 2, errors = 2 } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment,
    // Standard output belongs to the command itself; everything before it goes to standard error.
    stdio: ["ignore", output, errors],
    encoding: "utf8",
  });
  if (result.error) throw expected(`${command} could not be started: ${result.error.message}`);
  return result;
}

function failed(command, args, status) {
  return expected(`"${[command, ...args].map((word) => basename(word)).join(" ")}" failed (exit code ${status}).`);
}

function atLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split(".").map(Number));
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing === -1 || a[differing] > b[differing];
}

function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

function say(text) {
  console.error(`• ${text}`);
}

function expected(message) {
  return Object.assign(new Error(message), { expected: true });
}
