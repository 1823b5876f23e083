import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { ToolchainError } from "../failure";
import { packageRoot } from "../package-root";
import { attempt, run } from "../run";
import type { Selection } from "../selection";

/** Holds the demo's state, passphrase, password and stack configuration. Ignored by Git, readable only by its owner. */
export const demoFolder = join(packageRoot, ".demo");

const stackName = "demo";
const passphraseFile = join(demoFolder, "passphrase");
const stateFolder = join(demoFolder, "state");

export function isDemoSetUp(): boolean {
  return existsSync(passphraseFile);
}

/** Makes `pulumi` in the demo's folder work on the demo's stack. */
export function demoEnvironment(): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_STACK: stackName,
  };
}

/**
 * Drops the passphrase of the user's own stacks: Pulumi prefers the variable with the passphrase to the one that names
 * a file.
 */
export function forgetOwnPassphrase(): void {
  delete process.env.PULUMI_CONFIG_PASSPHRASE;
}

/** Runs Pulumi on the demo. */
export interface DemoCli {
  readonly program: string;
  readonly environment: Record<string, string>;
}

/**
 * Creates the demo's folder and stack if they don't exist, and its configuration: a generated admin password, this
 * machine's images, and on the first run free ports. Never writes tracked files: the project file is a copy, and the
 * stack's configuration is beside that copy.
 */
export async function setUpDemo(cli: DemoCli, selection: Selection, say: (text: string) => void): Promise<void> {
  if (!selection.images) throw new ToolchainError(`The demo needs Docker. ${selection.noDocker ?? ""}`.trim());
  // From here on all files, also Pulumi's, are private to the owner.
  process.umask(0o077);
  mkdirSync(stateFolder, { recursive: true });
  if (!isDemoSetUp()) writeFileSync(passphraseFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  const project = readFileSync(join(packageRoot, "Pulumi.yaml"), "utf8");
  writeFileSync(join(demoFolder, "Pulumi.yaml"), projectCopy(project));
  const options = { cwd: demoFolder, environment: cli.environment };
  const config = await readConfig(cli);
  if (config === undefined) await run(cli.program, ["stack", "init", stackName, "--non-interactive"], options);
  const wanted = {
    opensearchImage: selection.images.opensearch,
    ollamaImage: selection.images.ollama,
    ...(config?.has("opensearchPort") ? {} : await freePorts(say)),
  };
  const changed = Object.entries(wanted).filter(([key, value]) => config?.get(key) !== value);
  if (changed.length > 0) {
    const values = changed.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await run(cli.program, ["config", "set-all", ...values], options);
  }
  // Keeps the demo's answer short enough for a slow machine.
  if (!config?.has("modelOptions")) {
    await run(cli.program, ["config", "set", "--plaintext", "--path", "modelOptions.num_predict", "120"], options);
  }
  if (!config?.has("opensearchPassword")) {
    const args = ["config", "set", "--secret", "opensearchPassword"];
    await run(cli.program, args, { ...options, input: newPassword() });
  }
}

/** The project file, with the program's path relative to the demo's folder. */
export function projectCopy(project: string): string {
  return project.replace(/^main: *(\S+)$/m, (_, main: string) => `main: ${join("..", main)}`);
}

/** Always accepted by OpenSearch: all four kinds of characters, no word, and no m, so never the name `admin`. */
export function newPassword(): string {
  return `${randomBytes(18).toString("hex")}-aZ7!`;
}

const configSchema = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

/** The stack's configuration by key, with empty texts for secrets; undefined if there is no stack yet. */
async function readConfig(cli: DemoCli): Promise<Map<string, string> | undefined> {
  const stackFile = join(stateFolder, ".pulumi", "stacks", projectName(), `${stackName}.json`);
  if (!existsSync(stackFile)) return undefined;
  const { code, stdout } = await attempt(cli.program, ["config", "--json"], {
    cwd: demoFolder,
    environment: cli.environment,
  });
  if (code !== 0) return new Map();
  const entries = Object.entries(configSchema.parse(JSON.parse(stdout)));
  return new Map(entries.map(([key, { value }]) => [key.slice(key.indexOf(":") + 1), value ?? ""]));
}

function projectName(): string {
  return /^name: *(\S+)$/m.exec(readFileSync(join(packageRoot, "Pulumi.yaml"), "utf8"))?.[1] ?? "pulumi-ollama-chat";
}

/** The usual ports, or the next free ones if they are taken. */
async function freePorts(say: (text: string) => void): Promise<Record<string, string>> {
  const opensearch = await firstFreePort(9200);
  const ollama = await firstFreePort(11434);
  if (opensearch !== 9200) say(`Port 9200 is taken; OpenSearch gets ${opensearch}.`);
  if (ollama !== 11434) say(`Port 11434 is taken; Ollama gets ${ollama}.`);
  return { opensearchPort: String(opensearch), ollamaPort: String(ollama) };
}

async function firstFreePort(port: number): Promise<number> {
  return (await isFree(port)) ? port : firstFreePort(port + 1);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
