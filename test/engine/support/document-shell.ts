import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { blocksOf } from "../../support/documents/runnable";
import { newBackend, repository } from "./project";

/**
 * A folder like a checkout of this repository in which blocks of the documents run as they stand: the project file,
 * the package as `npm` links it, a backend of its own. What a reader would confirm by a key is confirmed.
 */
export class DocumentShell {
  readonly folder = mkdtempSync(join(tmpdir(), "ollama-chat-docs-"));
  readonly #backend = newBackend();
  readonly #environment: NodeJS.ProcessEnv;

  constructor(readonly testFile: string) {
    const bin = join(this.folder, "bin");
    this.#environment = {
      ...process.env,
      PATH: [bin, process.env.PATH].join(delimiter),
      PULUMI_BACKEND_URL: `file://${this.#backend}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      NO_COLOR: "1",
    };
    this.write("bin/npm", NPM);
    chmodSync(join(bin, "npm"), 0o755);
    this.#link("node_modules/pulumi-ollama-chat", ".");
    this.#link("node_modules/.bin/ollama-chat", "dist/cli/main.js");
    this.#link("node_modules/@pulumi", "node_modules/@pulumi");
    const project = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
    const main = relative(this.folder, join(repository, "dist", "index.js"));
    this.write("Pulumi.yaml", project.replace(/^main: .*$/m, `main: ${main}`));
  }

  #link(name: string, target: string): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    symlinkSync(join(repository, target), path);
  }

  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }

  /**
   * Runs every block that names this test, in order, and returns what they print to standard output. `instead` gives
   * other words for those that a machine may not have, such as free ports.
   */
  async runBlocks(claim: string, instead: Readonly<Record<string, string>> = {}): Promise<string> {
    let printed = "";
    for (const { file, line, text } of blocksOf(this.testFile, claim)) {
      const script = Object.entries(instead).reduce((known, [from, to]) => known.replaceAll(from, to), text);
      const { code, stdout, all } = await this.run(script);
      if (code !== 0) throw new Error(`${file}:${line} ended with ${code}:\n${text}\n${all}`);
      printed += stdout;
    }
    return printed;
  }

  /** Runs a script as a careful shell does: the first command that fails ends it. */
  async run(script: string): Promise<{ readonly code: number; readonly stdout: string; readonly all: string }> {
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      all += chunk;
    });
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (exit) => done(exit ?? 1));
    });
    return { code, stdout, all };
  }

  remove(): void {
    for (const folder of [this.folder, this.#backend]) rmSync(folder, { recursive: true, force: true });
  }
}

/** The packages are in place already, linked; every other command of npm is npm's own. */
const NPM = `#!/usr/bin/env bash
if [ "\${1:-}" = ci ]; then exit 0; fi
PATH="\${PATH#*:}" exec npm "$@"
`;
