import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { TRACE_VARIABLE } from "../../../clients/trace";
import { ToolchainError } from "../../toolchain/failure";
import { freePort } from "../../toolchain/ollama-server";
import { packageRoot } from "../../toolchain/package-root";
import { run } from "../../toolchain/run";
import { readSelection } from "../../toolchain/selection";
import { record } from "./record";

export interface Recorded {
  readonly eventLog: string;
  readonly trace: string;
  readonly state: string;
}

/** For one run on this machine only, and gone with it. */
const PASSWORD = "Timeline-Passw0rd-4711";

/** Stands the whole stack up in Docker from nothing, notes what happened when, and takes it down again. */
export async function recordDemoUp(): Promise<Recorded> {
  const selection = readSelection();
  if (selection?.images === undefined) {
    throw new ToolchainError("A timeline of the whole stack needs Docker.", "Run it as npm run timeline.");
  }
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-timeline-"));
  const pulumi = join(selection.pulumiFolder, "pulumi");
  const trace = join(folder, "trace.jsonl");
  const environment = {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: PASSWORD,
    PULUMI_STACK: `timeline${process.pid}`,
    [TRACE_VARIABLE]: trace,
  };
  const options = { cwd: folder, environment };
  try {
    mkdirSync(join(folder, "state"));
    const project = readFileSync(join(packageRoot, "Pulumi.yaml"), "utf8");
    const main = relative(folder, join(packageRoot, "dist", "index.js"));
    writeFileSync(join(folder, "Pulumi.yaml"), project.replace(/^main: .*$/m, `main: ${main}`));
    await run(pulumi, ["stack", "init", environment.PULUMI_STACK, "--non-interactive"], options);
    const config = {
      opensearchImage: selection.images.opensearch,
      ollamaImage: selection.images.ollama,
      opensearchPort: await freePort(),
      ollamaPort: await freePort(),
    };
    const plain = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await run(pulumi, ["config", "set-all", ...plain], options);
    await run(pulumi, ["config", "set", "--secret", "opensearchPassword"], { ...options, input: PASSWORD });
    return await recordIn(folder, pulumi, environment, trace);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recordIn(
  folder: string,
  pulumi: string,
  environment: Readonly<Record<string, string>>,
  trace: string,
): Promise<Recorded> {
  const flags = ["--yes", "--skip-preview", "--non-interactive"];
  const stampedLog = join(folder, "stamped.jsonl");
  const whole = { ...process.env, ...environment };
  const recording = { pulumi, cwd: folder, environment: whole, stampedLog, engineLog: join(folder, "events.json") };
  try {
    const code = await record({ ...recording, args: ["up", ...flags] });
    if (code !== 0) throw new ToolchainError("The stack did not come up, so there is nothing to draw.");
    const state = await run(pulumi, ["stack", "export"], { cwd: folder, environment });
    return { eventLog: readFileSync(stampedLog, "utf8"), trace: readFileSync(trace, "utf8"), state };
  } finally {
    await run(pulumi, ["destroy", ...flags], { cwd: folder, environment });
  }
}
