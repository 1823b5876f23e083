import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageRoot } from "../toolchain/package-root";
import { seconds } from "./turns";

const STACK = "bench";
const LOOK_MILLISECONDS = 200;
/** The SDK's server of dynamic providers: started by its path, or by a line of code that requires it. */
const PROVIDER_HOST = /\bcmd\/dynamic-provider\b/;

/** A stack of the real engine, with its project and its state in a folder of its own. */
export class EngineStack {
  readonly #folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-"));

  private constructor(private readonly project: string) {}

  /** A program of `tools/bench/programs`, with this configuration. */
  static async ofProgram(program: string, config: Readonly<Record<string, unknown>>): Promise<EngineStack> {
    const stack = new EngineStack("bench");
    const main = stack.#fromFolder("dist", "tools", "bench", "programs", `${program}.js`);
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    return await stack.#initialised(`name: bench\n${runtime}main: ${main}\n`, config);
  }

  /** The package's own program, with this configuration. Secrets are set apart, by `secret`. */
  static async ofPackage(config: Readonly<Record<string, unknown>>): Promise<EngineStack> {
    const stack = new EngineStack("pulumi-ollama-chat");
    const text = readFileSync(join(packageRoot, "Pulumi.yaml"), "utf8");
    const main = stack.#fromFolder("dist", "index.js");
    return await stack.#initialised(text.replace(/^main: .*$/m, `main: ${main}`), config);
  }

  async secret(key: string, value: string): Promise<void> {
    await this.#cli(["config", "set", "--secret", key, value]);
  }

  /** Runs a command; with `watch` also the most memory that its provider process held. */
  async run(operation: "up" | "destroy", watch = false): Promise<{ readonly seconds: number; readonly bytes: number }> {
    let bytes = 0;
    const look = () => {
      bytes = Math.max(bytes, providerBytes(this.#backend));
    };
    const timer = watch ? setInterval(look, LOOK_MILLISECONDS) : undefined;
    const time = await seconds(() => this.#cli([operation, "--yes", "--skip-preview"])).finally(() =>
      clearInterval(timer),
    );
    if (watch && bytes === 0) throw new Error("No provider process was seen.");
    return { bytes, seconds: time };
  }

  /** Destroys what it made, and removes its folder. */
  async remove(): Promise<void> {
    await this.run("destroy").finally(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  get #backend(): string {
    return `file://${join(this.#folder, "state")}`;
  }

  #fromFolder(...path: string[]): string {
    return relative(this.#folder, join(packageRoot, ...path));
  }

  async #initialised(projectFile: string, config: Readonly<Record<string, unknown>>): Promise<this> {
    mkdirSync(join(this.#folder, "state"));
    writeFileSync(join(this.#folder, "Pulumi.yaml"), projectFile);
    // JSON is YAML too.
    const lines = Object.entries(config).map(([key, value]) => `  ${this.project}:${key}: ${JSON.stringify(value)}`);
    writeFileSync(join(this.#folder, `Pulumi.${STACK}.yaml`), ["config:", ...lines, ""].join("\n"));
    await this.#cli(["stack", "init", STACK]);
    return this;
  }

  async #cli(args: readonly string[]): Promise<void> {
    const environment = {
      ...process.env,
      PULUMI_BACKEND_URL: this.#backend,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_STACK: args[1] === "init" ? "" : STACK,
      NO_COLOR: "1",
    };
    const child = spawn("pulumi", [...args, "--non-interactive"], {
      cwd: this.#folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const code = await new Promise<number | null>((done, failed) => child.on("error", failed).on("close", done));
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with code ${code}:\n${output.slice(-3000)}`);
  }
}

/**
 * Most memory that any provider process of this backend has held so far, by the kernel's own count; 0 where none runs.
 */
function providerBytes(backend: string): number {
  const held = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const of = (file: string) => readFileSync(join("/proc", pid, file), "utf8");
        if (!PROVIDER_HOST.test(of("cmdline")) || !of("environ").includes(backend)) return 0;
        return Number(/^VmHWM:\s+(\d+) kB/m.exec(of("status"))?.[1] ?? 0) * 1024;
      } catch {
        // It ended meanwhile, or belongs to somebody else.
        return 0;
      }
    });
  return Math.max(0, ...held);
}
