import { join } from "node:path";
import { packageRoot } from "../../toolchain/package-root";
import { startChild } from "./child";

/** Base URL of a model server that the measured OpenSearch reaches and that answers at once. Default: one is started. */
export const MODEL_SERVER_VARIABLE = "OLLAMA_CHAT_BENCH_MODEL_SERVER";

export interface ModelServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** A model server that answers at once. */
export async function openModelServer(): Promise<ModelServer> {
  const given = process.env[MODEL_SERVER_VARIABLE];
  if (given) return { endpoint: given, stop: async () => undefined };
  const main = join(packageRoot, "dist", "tools", "bench", "support", "stub-model-main.js");
  const { ready, stop } = await startChild(process.execPath, [main], { ready: /port (\d+)/ });
  return { endpoint: `http://127.0.0.1:${ready[1]}`, stop };
}
