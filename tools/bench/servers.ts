import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../toolchain/ollama-server";
import { startOpenSearch } from "../toolchain/opensearch/server";
import { packageRoot } from "../toolchain/package-root";
import type { Selection } from "../toolchain/selection";
import { BareChain, stubCall } from "./bare";

/** A server in a process of its own, so that it shares no event loop with what is measured. */
export interface Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The component's default. */
const HEAP_MEGABYTES = 1024;

/** After its boot the server creates its indices and compiles its code: the first chains take 2 to 10 times as long. */
const FIRST_MODELS = 20;

/** The toolchain's OpenSearch as a process: one node, without users and TLS, warmed up. */
export async function openCluster({ opensearch, noOpenSearch }: Selection): Promise<Server> {
  if (opensearch === undefined)
    throw new Error(`There is no OpenSearch outside Docker: ${noOpenSearch ?? "none was put in place"}`);
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-opensearch-"));
  const server = await startOpenSearch({
    ...opensearch,
    folder,
    port: await freePort(),
    heapMegabytes: HEAP_MEGABYTES,
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await warmUp(server.endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint: server.endpoint, stop };
}

async function warmUp(cluster: string): Promise<void> {
  const stub = await startStubModel();
  try {
    const chain = new BareChain(cluster, stubCall(stub.endpoint));
    await chain.make(FIRST_MODELS).finally(() => chain.remove());
  } finally {
    await stub.stop();
  }
}

/** A model server that answers at once, so that what is measured is everything else. */
export async function startStubModel(): Promise<Server> {
  const main = join(packageRoot, "dist", "tools", "bench", "stub-model.js");
  const { ready, stop } = await startChild(process.execPath, [main], {}, /port (\d+)/);
  return { endpoint: `http://127.0.0.1:${ready[1]}`, stop };
}

/** The toolchain's Ollama with its models, on a free loopback port. */
export async function startOllama({ ollama, noOllama }: Selection): Promise<Server> {
  if (ollama === undefined)
    throw new Error(`There is no Ollama outside Docker: ${noOllama ?? "none was put in place"}`);
  const home = mkdtempSync(join(tmpdir(), "ollama-chat-bench-home-"));
  const host = `127.0.0.1:${await freePort()}`;
  const environment = {
    HOME: home,
    OLLAMA_HOST: host,
    OLLAMA_MODELS: ollama.models,
    OLLAMA_NOPRUNE: "1",
    OLLAMA_NO_CLOUD: "1",
  };
  const { stop } = await startChild(ollama.program, ["serve"], environment, /Listening on/);
  return {
    endpoint: `http://${host}`,
    stop: async () => {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a program and waits for the output that says it is ready; its end before that is an error with what it wrote.
 */
async function startChild(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  readyLine: RegExp,
): Promise<{ readonly ready: RegExpExecArray; stop(): Promise<void> }> {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  // A bench that is interrupted takes its servers with it.
  const end = () => void child.kill("SIGTERM");
  process.once("exit", end);
  const ended = new Promise<void>((done) => child.once("close", () => done())).finally(() => process.off("exit", end));
  let output = "";
  const ready = await new Promise<RegExpExecArray>((found, failed) => {
    const onText = (text: string): void => {
      output += text;
      const match = readyLine.exec(output);
      if (match !== null) found(match);
    };
    child.stdout.setEncoding("utf8").on("data", onText);
    child.stderr.setEncoding("utf8").on("data", onText);
    child.on("error", failed);
    child.on("close", (code) => failed(new Error(`${command} ${args.join(" ")} ended with code ${code}: ${output}`)));
  });
  return { ready, stop: () => stopped(child, ended) };
}

async function stopped(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  await ended;
}
