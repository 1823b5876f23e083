import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../../tools/toolchain/package-root";

export const repository = packageRoot;

/** One step of the engine on one resource, in the order in which it was finished. */
export interface Step {
  readonly op: string;
  readonly type: string;
  readonly name: string;
}

export interface Run {
  readonly code: number;
  readonly output: string;
  readonly steps: readonly Step[];
}

const stepEvent = z.object({
  resOutputsEvent: z.object({ metadata: z.object({ op: z.string(), urn: z.string(), type: z.string() }) }),
});

const stateFile = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z
        .array(
          z.looseObject({
            urn: z.string(),
            type: z.string(),
            id: z.string().optional(),
            inputs: z.record(z.string(), z.unknown()).optional(),
            outputs: z.record(z.string(), z.unknown()).optional(),
          }),
        )
        .nullish(),
    }),
  }),
});

/** What counts for ts-node of the one that `pulumi new typescript` makes. */
const AUTHORS_TSCONFIG = {
  compilerOptions: { strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext" },
  files: ["index.ts"],
};

/** A Pulumi project in a folder of its own, with a file backend of its own, run by the real CLI and engine. */
export class Project {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #runs = 0;

  private constructor(
    readonly name: string,
    private current: string,
    backend: string,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), "ollama-chat-engine-"));
    this.#environment = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_DEBUG_COMMANDS: "true",
      NO_COLOR: "1",
    };
  }

  /** The repository's own program, with this configuration. Secrets are set apart, by `secret`. */
  static async ofRepository(stack: string, config: Record<string, unknown>, backend = newBackend()): Promise<Project> {
    const project = new Project("pulumi-ollama-chat", stack, backend);
    const text = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
    project.write("Pulumi.yaml", text.replace(/^main: .*$/m, `main: ${project.#path("dist/index.js")}`));
    await project.#initialise(config);
    return project;
  }

  /** A program from this repository that is built for the tests or stands in `examples/`. */
  static async ofProgram(
    name: string,
    main: string,
    stack: string,
    config: Record<string, unknown>,
    backend = newBackend(),
  ): Promise<Project> {
    const project = new Project(name, stack, backend);
    const runtime = "runtime:\n  name: nodejs\n  options:\n    typescript: false\n";
    project.write("Pulumi.yaml", `name: ${name}\n${runtime}main: ${project.#path(main)}\n`);
    await project.#initialise(config);
    return project;
  }

  /** A TypeScript program as its author would write it, loaded by Pulumi's own ts-node; this package is installed beside it. */
  static async ofTypeScript(name: string, program: string, config: Record<string, unknown>): Promise<Project> {
    const project = new Project(name, "dev", newBackend());
    const modules = join(project.folder, "node_modules");
    for (const folder of ["pulumi-ollama-chat", "@pulumi", "@types"])
      mkdirSync(join(modules, folder), { recursive: true });
    for (const installed of ["@pulumi/pulumi", "@pulumi/docker", "@types/node", "typescript"]) {
      symlinkSync(join(repository, "node_modules", installed), join(modules, installed));
    }
    // Part by part: the language host follows links, and would look for plug-ins through all that this package develops with.
    for (const part of ["package.json", "dist", "fast-start.cjs"]) {
      symlinkSync(join(repository, part), join(modules, "pulumi-ollama-chat", part));
    }
    project.write("Pulumi.yaml", `name: ${name}\nruntime: nodejs\n`);
    project.write("package.json", JSON.stringify({ name, main: "index.ts" }));
    project.write("tsconfig.json", JSON.stringify(AUTHORS_TSCONFIG));
    project.write("index.ts", program);
    await project.#initialise(config);
    return project;
  }

  /** An empty project: these files, and whatever its commands install. It shares nothing with this repository. */
  static async ofFiles(name: string, files: Readonly<Record<string, string>>, config: Record<string, unknown>) {
    const project = new Project(name, "dev", newBackend());
    project.environment("NODE_OPTIONS", "");
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    await project.#initialise(config);
    return project;
  }

  #path(inRepository: string): string {
    return relative(this.folder, join(repository, inRepository));
  }

  async #initialise(config: Record<string, unknown>): Promise<void> {
    this.configure(config);
    await this.cli("stack", "init", this.stack);
  }

  /** Sets a variable for the commands to come. */
  environment(name: string, value: string): void {
    this.#environment[name] = value;
  }

  /** The variables of its commands. */
  get variables(): Readonly<NodeJS.ProcessEnv> {
    return this.#environment;
  }

  /** The folder of its backend. */
  get backend(): string {
    return (this.#environment.PULUMI_BACKEND_URL ?? "").slice("file://".length);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Replaces the stack's plain configuration; secrets are lost, so set them again. JSON is YAML too. */
  configure(config: Record<string, unknown>): void {
    const entries = Object.entries(config).map(([key, value]) => [`${this.name}:${key}`, value]);
    const file = `Pulumi.${this.stack}.yaml`;
    const salt = /^encryptionsalt: .*$/m.exec(this.#read(file))?.[0] ?? "";
    const secrets = [...this.#read(file).matchAll(/^ {2}\S+:\n {4}secure: .*$/gm)].map((match) => match[0]);
    const lines = entries.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
    this.write(file, [salt, "config:", ...lines, ...secrets, ""].join("\n"));
  }

  #read(file: string): string {
    try {
      return readFileSync(join(this.folder, file), "utf8");
    } catch {
      return "";
    }
  }

  get stack(): string {
    return this.current;
  }

  /** `pulumi stack rename`. */
  async rename(stack: string): Promise<void> {
    await this.cli("stack", "rename", stack);
    this.current = stack;
  }

  async secret(key: string, value: string): Promise<void> {
    await this.cli("config", "set", "--secret", key, value);
  }

  async up(...args: string[]): Promise<Run> {
    return await this.#run("up", "--yes", "--skip-preview", ...args);
  }

  async preview(...args: string[]): Promise<Run> {
    return await this.#run("preview", "--diff", ...args);
  }

  async refresh(...args: string[]): Promise<Run> {
    return await this.#run("refresh", "--yes", "--skip-preview", ...args);
  }

  async destroy(): Promise<Run> {
    return await this.#run("destroy", "--yes", "--skip-preview");
  }

  /** The outputs that are plain texts. */
  async outputs(): Promise<Record<string, string>> {
    const all = Object.entries(await this.#allOutputs());
    return Object.fromEntries(all.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  }

  /** The outputs that tell the same of each model, by its alias. */
  async outputsByAlias(): Promise<Record<string, Record<string, string>>> {
    const all = Object.entries(await this.#allOutputs());
    const byAlias = z.record(z.string(), z.string());
    return Object.fromEntries(
      all.flatMap(([name, value]) =>
        typeof value === "string" || Array.isArray(value) ? [] : [[name, byAlias.parse(value)]],
      ),
    );
  }

  async #allOutputs(): Promise<Record<string, unknown>> {
    const { output } = await this.cli("stack", "output", "--json", "--show-secrets");
    return z.record(z.string(), z.unknown()).parse(JSON.parse(output));
  }

  /** The state's file as it lies on the disk, for looking for what must not be in it. */
  stateText(): string {
    return readFileSync(join(this.backend, ".pulumi", "stacks", this.name, `${this.stack}.json`), "utf8");
  }

  resources() {
    return stateFile.parse(JSON.parse(this.stateText())).checkpoint.latest.resources ?? [];
  }

  async cli(...args: string[]): Promise<Ended> {
    return await ended(this.start(...args));
  }

  /** A script in the project's folder, on its stack, as a reader of the documents would run it. */
  async shell(script: string): Promise<Ended> {
    const env = { ...this.#environment, PULUMI_STACK: this.stack };
    // Where its input is a socket bash may take itself for a remote shell, and then reads the machine's own set-up.
    return await ended(spawn("bash", ["--norc", "-euo", "pipefail", "-c", script], { cwd: this.folder, env }));
  }

  /** A command that runs on by itself, for tests that interrupt it. */
  start(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.#environment, PULUMI_STACK: args[0] === "stack" && args[1] === "init" ? "" : this.stack },
    });
  }

  async #run(...args: string[]): Promise<Run> {
    this.#runs += 1;
    const log = join(this.folder, `events-${this.#runs}.json`);
    const { code, output } = await this.cli(...args, "--event-log", log);
    return { code, output, steps: stepsOf(log) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise<number>((done, failed) => {
    child.on("error", failed);
    child.on("close", (exit) => done(exit ?? 1));
  });
  return { code, output };
}

export function newBackend(): string {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-state-"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function stepsOf(log: string): Step[] {
  let text = "";
  try {
    text = readFileSync(log, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const event = stepEvent.safeParse(JSON.parse(line));
      if (!event.success || event.data.resOutputsEvent.metadata.type.startsWith("pulumi:providers:")) return [];
      const { op, urn, type } = event.data.resOutputsEvent.metadata;
      return [{ op, type: type.slice(type.lastIndexOf(":") + 1), name: urn.slice(urn.lastIndexOf("::") + 2) }];
    });
}

/** What a run did, without what it left as it was: `create ModelGroup`, `update DeployedModel`, … */
export function changes(run: Run): string[] {
  return run.steps
    .filter(({ op, type }) => !["same", "refresh"].includes(op) && type !== "Stack" && type !== "OllamaChatStack")
    .map(({ op, type }) => `${op} ${type}`);
}

/** Position of a step; a step that did not happen is an error. */
export function position(run: Run, step: string): number {
  const at = changes(run).indexOf(step);
  if (at < 0) throw new Error(`No step ${JSON.stringify(step)} among ${changes(run).join(", ")}`);
  return at;
}
