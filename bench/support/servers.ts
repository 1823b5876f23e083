import { join } from "node:path";
import { PASSWORD_OVERRIDE } from "../../clients/opensearch/connect";
import { packageRoot } from "../../toolchain/package-root";
import type { PlainConnection } from "../programs/world";
import { BareClient } from "./bare-client";
import { startChild } from "./child";

/** Names the OpenSearch to measure on; without it an emulator is started, with its default, recorded timings. */
export const OPENSEARCH_VARIABLE = "OLLAMA_CHAT_BENCH_OPENSEARCH";
/** Base URL of a model server that this OpenSearch reaches and that answers at once. Default: one is started. */
export const MODEL_SERVER_VARIABLE = "OLLAMA_CHAT_BENCH_MODEL_SERVER";

/** An OpenSearch to measure on. */
export interface Cluster {
  readonly connection: PlainConnection;
  /** Who answers the ML Commons API. */
  readonly clock: "emulator" | "plugin";
  /** Process of the emulator that was started here. */
  readonly pid?: number;
  readonly startMilliseconds?: number;
  stop(): Promise<void>;
}

export async function openCluster(prefix: readonly string[] = []): Promise<Cluster> {
  const endpoint = process.env[OPENSEARCH_VARIABLE];
  return endpoint ? await existingCluster(endpoint) : await startEmulatorProcess(prefix);
}

/** An emulator as `ollama-chat-emulator` runs it. `prefix` is a command that runs it, such as `taskset`. */
export async function startEmulatorProcess(
  prefix: readonly string[] = [],
): Promise<Cluster & { readonly pid: number }> {
  const main = join(packageRoot, "dist", "emulator", "main.js");
  const [command = "", ...args] = [...prefix, process.execPath, main, "--port", "0"];
  const { pid, ready, startMilliseconds, stop } = await startChild(command, args, { ready: /ready at (\S+)/ });
  return { connection: { endpoint: ready[1] ?? "" }, clock: "emulator", pid, startMilliseconds, stop };
}

async function existingCluster(endpoint: string): Promise<Cluster> {
  const username = process.env.OLLAMA_CHAT_OPENSEARCH_USERNAME || undefined;
  const caCertificateFile = process.env.OLLAMA_CHAT_OPENSEARCH_CA_CERTIFICATE_FILE || undefined;
  // By the variable's name, so that no state of a measured stack holds the password.
  const passwordEnv = username === undefined ? undefined : PASSWORD_OVERRIDE;
  const connection = { endpoint, username, passwordEnv, caCertificateFile };
  const bare = new BareClient(connection);
  try {
    const { version } = (await bare.send("GET", "/")) as { version?: { build_type?: string } };
    const clock = version?.build_type === "emulator" ? "emulator" : "plugin";
    return { connection, clock, stop: async () => undefined };
  } finally {
    bare.close();
  }
}

export interface ModelServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A model server that answers at once. */
export async function openModelServer(): Promise<ModelServer> {
  const given = process.env[MODEL_SERVER_VARIABLE];
  if (given) return { endpoint: given, stop: async () => undefined };
  const main = join(packageRoot, "dist", "bench", "support", "stub-model-main.js");
  const { ready, stop } = await startChild(process.execPath, [main], { ready: /port (\d+)/ });
  return { endpoint: `http://127.0.0.1:${ready[1]}`, stop };
}
