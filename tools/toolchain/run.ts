import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { basename, delimiter, join } from "node:path";
import type { Writable } from "node:stream";
import { type PinnedVersion, pinnedVersionGone, refusalIn, ToolchainError } from "./failure";
import { indent, tail } from "./text";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets a copy of standard output and standard error. */
  readonly log?: Writable;
  readonly input?: string;
  readonly timeoutSeconds?: number;
  /** What the program fetches from a registry, to explain a refusal. */
  readonly fetches?: PinnedVersion;
}

/** A program's exit code and output. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
let inForeground = false;

/** Ends child programs on a signal to this process; otherwise a build would run on as an orphan. */
export function endChildrenOnSignals(): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      // A program in the foreground gets its own signals and decides when to end.
      if (inForeground) return;
      for (const child of running) child.kill("SIGTERM");
      process.exit(exitCode);
    });
  }
}

/** The first executable of that name on PATH. */
export function findOnPath(name: string, path: string = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program to its end. A failure is a result, not an exception; a missing program has the code 127. */
export async function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: options.timeoutSeconds === undefined ? undefined : options.timeoutSeconds * 1000,
  };
  options.log?.write(`$ ${[command, ...args].join(" ")}\n`);
  const child = spawn(command, args, spawnOptions);
  running.add(child);
  child.on("close", () => running.delete(child));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk;
      options.log?.write(chunk);
    });
  }
  // A program may end without reading its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input ?? "");
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 127, stdout: "", stderr: error.message }));
    child.on("close", (code, signal) =>
      resolve({ ...output, code: code ?? 1, stderr: signal ? `${output.stderr}ended by ${signal}` : output.stderr }),
    );
  });
}

/** Runs a program that must succeed and returns its standard output. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(command, args, options);
  if (result.code === 0) return result.stdout;
  const whole = result.stderr || result.stdout;
  if (options.fetches && refusalIn(whole)) throw pinnedVersionGone({ ...options.fetches, said: whole });
  const said = tail(whole, 15);
  throw new ToolchainError(
    `"${basename(command)} ${args.slice(0, 3).join(" ")}" failed (exit code ${result.code}).`,
    said && indent(said),
  );
}

/** Runs a program in the foreground with the terminal and its Ctrl-C, and returns its exit code. */
export function runInForeground(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly environment: NodeJS.ProcessEnv },
): Promise<number> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.environment, stdio: "inherit" });
  // In a terminal Ctrl-C reaches the child directly. Pulumi takes a second one for "terminate at once".
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  inForeground = true;
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new ToolchainError(`${command} could not be started: ${error.message}`)));
    child.on("exit", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      inForeground = false;
      resolve(code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1));
    });
  });
}
