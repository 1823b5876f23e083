// The container's first process: starts the real OpenSearch on an inner port and, once that answers, the ML Commons
// emulator in front of it. A signal ends both; if one ends, so does the other, and the container with them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { backendPort, demoCertificate, demoKey, home, passwordProblem, plan } from "./settings.mjs";

const data = join(home, "data");
const config = join(home, "config");
/** Written once the security index exists: from then on the admin's password is what the index says. */
const securityReady = join(data, ".security-initialized");
const emulator = "/opt/ml-commons-emulator/main.js";

const children = [];
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => stop(signal === "SIGTERM" ? 143 : 130));

await main();

async function main() {
  const todo = plan(process.env, process.argv.slice(2));
  const hasServer = existsSync(join(home, "bin", "opensearch"));
  say(
    hasServer
      ? "OpenSearch behind the ML Commons emulator"
      : "the ML Commons emulator alone: this image has no OpenSearch",
  );
  if (todo.demo) setUpSecurity(todo, hasServer);
  if (hasServer) {
    start(
      "OpenSearch",
      join(home, "bin", "opensearch"),
      [...todo.others, ...asOptions(todo.settings)],
      serverEnvironment(),
    );
    await untilReady(todo.secure);
    if (stopping) return;
    if (todo.secure) writeFileSync(securityReady, "");
  }
  const { host, port, certificate, key } = todo.front;
  const upstream = hasServer ? ["--upstream", `http://127.0.0.1:${backendPort}`] : [];
  const tls = certificate && key ? ["--tls-cert", certificate, "--tls-key", key] : [];
  // In the environment and not among the arguments, which every process list shows.
  const alone = !hasServer && todo.secure;
  const users = alone ? { EMULATOR_USERS: `admin:${process.env.OPENSEARCH_INITIAL_ADMIN_PASSWORD}` } : {};
  const state = ["--data", join(data, "ml-commons-emulator")];
  const args = [emulator, "--host", host, "--port", port, ...tls, ...upstream, ...state];
  start("the emulator", process.execPath, args, { ...process.env, ...users });
}

/** What the official image's demo installer does: the admin's password, and a certificate where none was given. */
function setUpSecurity(todo, hasServer) {
  if (todo.needsDemoCertificate && !existsSync(join(config, demoCertificate))) makeDemoCertificate();
  const problem = passwordProblem(process.env.OPENSEARCH_INITIAL_ADMIN_PASSWORD);
  if (problem) fail(problem);
  if (!hasServer || existsSync(securityReady)) return;
  const hasher = join(home, "plugins", "opensearch-security", "tools", "hash.sh");
  // A JVM that lives for a second is done sooner without its optimising compiler.
  const environment = { ...process.env, JAVA_OPTS: "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" };
  const args = [hasher, "-env", "OPENSEARCH_INITIAL_ADMIN_PASSWORD"];
  const result = spawnSync("bash", args, { encoding: "utf8", env: environment });
  const hash = result.stdout?.trim().split("\n").at(-1) ?? "";
  if (result.status !== 0 || !hash.startsWith("$2"))
    fail(`the admin's password could not be hashed: ${result.stderr || result.error}`);
  const users = [
    "_meta: { type: internalusers, config_version: 2 }",
    `admin: { hash: "${hash}", reserved: true, backend_roles: [admin], description: administrator }`,
  ];
  writeFileSync(join(config, "opensearch-security", "internal_users.yml"), `${users.join("\n")}\n`, { mode: 0o600 });
}

function makeDemoCertificate() {
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/O=demo/CN=localhost"];
  const files = ["-keyout", join(config, demoKey), "-out", join(config, demoCertificate)];
  const uses = ["-addext", "extendedKeyUsage=serverAuth,clientAuth"];
  const result = spawnSync("openssl", [...request, "-addext", names, ...uses, ...files], { encoding: "utf8" });
  if (result.status !== 0) fail(`no demo certificate could be made: ${result.stderr || result.error}`);
}

function serverEnvironment() {
  // Docker hides which control group a process is in; the path below it is always the root.
  const javaOptions = ["-Dopensearch.cgroups.hierarchy.override=/", process.env.OPENSEARCH_JAVA_OPTS].filter(Boolean);
  // The settings go in as options; left in the environment they would only be visible to more processes.
  const { OPENSEARCH_INITIAL_ADMIN_PASSWORD: _, ...environment } = process.env;
  return { ...environment, OPENSEARCH_JAVA_OPTS: javaOptions.join(" "), OPENSEARCH_JAVA_HOME: join(home, "jdk") };
}

/** Until OpenSearch answers and, with security, its users are set up: before that nobody can log in. */
async function untilReady(secure) {
  const path = secure ? "/_plugins/_security/health?mode=strict" : "/";
  while (!stopping && (await statusOf(`http://127.0.0.1:${backendPort}${path}`)) !== 200) await sleep(100);
}

function statusOf(url) {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}

function start(name, command, args, environment = process.env) {
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], env: environment, cwd: home });
  children.push(child);
  child.on("error", (error) => fail(`${name} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (!stopping) say(`${name} ended (${signal ?? `exit code ${code}`}): stopping`);
    stop(code || 1);
  });
}

/** Ends all children and then this process; the exit code of the first reason stands. */
async function stop(exitCode) {
  if (stopping) return;
  stopping = true;
  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(
    alive.map((child) => {
      child.kill("SIGTERM");
      return new Promise((resolve) => child.on("exit", resolve));
    }),
  );
  process.exit(exitCode);
}

function asOptions(settings) {
  return Object.entries(settings).map(([name, value]) => `-E${name}=${value}`);
}

function fail(message) {
  console.error(message);
  for (const child of children) child.kill("SIGTERM");
  process.exit(1);
}

function say(text) {
  console.log(`[supervisor] ${text}`);
}
