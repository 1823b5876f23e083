import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageRoot } from "../../toolchain/package-root";
import { type SeenProcess, watchProcesses } from "./processes";

export type Operation = "up" | "refresh" | "destroy";

/** How one command of the CLI went. */
export interface Ran {
  readonly seconds: number;
  /** When it was started, in milliseconds since 1970. */
  readonly startMs: number;
  readonly processes: readonly SeenProcess[];
  readonly stderr: string;
}

interface RunOptions {
  /** Further flags of the command. */
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** How often the processes are looked at; not at all where it is left out, since looking costs time. */
  readonly watchMilliseconds?: number;
}

/** A stack of the real engine in a folder of its own, with a file backend of its own. */
export class EngineStack {
  readonly folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-"));
  readonly #name = "bench";

  private constructor(readonly project: string) {}

  /** A program of `tools/bench/programs`, with this configuration. */
  static async ofProgram(program: string, config: Readonly<Record<string, unknown>>): Promise<EngineStack> {
    const stack = new EngineStack("bench");
    const main = stack.#fromFolder("dist", "tools", "bench", "programs", program);
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    stack.#write("Pulumi.yaml", `name: bench\n${runtime}main: ${main}\n`);
    return await stack.#initialised(config);
  }

  /** The package's own program, with this configuration. Secrets are set apart, by `secret`. */
  static async ofPackage(config: Readonly<Record<string, unknown>>): Promise<EngineStack> {
    const stack = new EngineStack("pulumi-ollama-chat");
    const text = readFileSync(join(packageRoot, "Pulumi.yaml"), "utf8");
    stack.#write("Pulumi.yaml", text.replace(/^main: .*$/m, `main: ${stack.#fromFolder("dist", "index.js")}`));
    return await stack.#initialised(config);
  }

  async secret(key: string, value: string): Promise<void> {
    await this.#cli(["config", "set", "--secret", key, value], {});
  }

  async run(operation: Operation, options: RunOptions = {}): Promise<Ran> {
    return (await this.#cli([operation, "--yes", "--skip-preview", ...(options.flags ?? [])], options)).ran;
  }

  async outputs(): Promise<unknown> {
    return JSON.parse((await this.#cli(["stack", "output", "--json", "--show-secrets"], {})).stdout);
  }

  /** The state's file as it lies on the disk. */
  stateText(): string {
    return readFileSync(join(this.#backend, ".pulumi", "stacks", this.project, `${this.#name}.json`), "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a command on this stack needs in its environment. */
  environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.#backend}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      NO_COLOR: "1",
    };
  }

  get #backend(): string {
    return join(this.folder, "state");
  }

  #fromFolder(...path: string[]): string {
    return relative(this.folder, join(packageRoot, ...path));
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  async #initialised(config: Readonly<Record<string, unknown>>): Promise<this> {
    mkdirSync(this.#backend);
    // JSON is YAML too.
    const lines = Object.entries(config).map(([key, value]) => `  ${this.project}:${key}: ${JSON.stringify(value)}`);
    if (lines.length > 0) this.#write(`Pulumi.${this.#name}.yaml`, ["config:", ...lines, ""].join("\n"));
    await this.#cli(["stack", "init", this.#name], {});
    return this;
  }

  async #cli(args: readonly string[], options: RunOptions): Promise<{ readonly ran: Ran; readonly stdout: string }> {
    const startMs = performance.timeOrigin + performance.now();
    const started = performance.now();
    const isInit = args[0] === "stack" && args[1] === "init";
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.environment(), ...options.environment, PULUMI_STACK: isInit ? "" : this.#name },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { watchMilliseconds } = options;
    const watch = watchMilliseconds === undefined ? undefined : watchProcesses(child.pid ?? 0, watchMilliseconds);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
      });
    }
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (exit) => done(exit ?? 1));
    });
    const seconds = (performance.now() - started) / 1000;
    const processes = watch?.stop() ?? [];
    if (code !== 0) {
      throw new Error(
        `pulumi ${args.join(" ")} ended with code ${code}:\n${`${output.stdout}${output.stderr}`.slice(-3000)}`,
      );
    }
    return { ran: { seconds, startMs, processes, stderr: output.stderr }, stdout: output.stdout };
  }
}
