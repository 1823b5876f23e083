import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PASSWORD_OVERRIDE } from "../../../clients/opensearch/connect";
import { freePort } from "../../toolchain/ollama-server";
import { type OpenSearchServer, startOpenSearch } from "../../toolchain/opensearch/server";
import type { Selection } from "../../toolchain/selection";
import type { PlainConnection } from "../programs/world";
import { ChainWorld } from "./chain-world";
import { type Cluster, serverVersion } from "./cluster";

/** Names the OpenSearch to measure on; without it one is started. */
export const OPENSEARCH_VARIABLE = "OLLAMA_CHAT_BENCH_OPENSEARCH";

/** The component's default. */
const HEAP_MEGABYTES = 1024;

/** After its boot the server makes its indices and compiles its code: the first three chains took 2 to 10 times as long. */
const FIRST_CHAINS = 20;

/**
 * The OpenSearch that the cases of one run share: the one that the environment names, else the toolchain's as a process,
 * one node without users and TLS, with the settings that it comes with. Started when the first case asks for it.
 */
export class SharedCluster {
  #opened: Promise<Cluster> | undefined;
  #server: OpenSearchServer | undefined;
  #folder: string | undefined;

  constructor(
    private readonly toolchain: Pick<Selection, "opensearch" | "noOpenSearch">,
    private readonly say: (line: string) => void,
  ) {}

  async open(): Promise<Cluster> {
    this.#opened ??= this.#open();
    return await this.#opened;
  }

  /** Ends what was started here. */
  async stop(): Promise<void> {
    await this.#opened?.catch(() => undefined);
    await this.#server?.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #open(): Promise<Cluster> {
    const given = existingConnection();
    const connection = given ?? { endpoint: await this.#start() };
    const cluster = { connection, version: await serverVersion(connection) };
    this.say(`OpenSearch ${cluster.version} at ${connection.endpoint}`);
    if (given === undefined) await warmUp(cluster);
    return cluster;
  }

  async #start(): Promise<string> {
    const { opensearch, noOpenSearch } = this.toolchain;
    if (opensearch === undefined)
      throw new Error(`There is no OpenSearch outside Docker: ${noOpenSearch ?? "none was put in place"}`);
    this.#folder = mkdtempSync(join(tmpdir(), "ollama-chat-bench-opensearch-"));
    const options = { ...opensearch, folder: this.#folder, port: await freePort(), heapMegabytes: HEAP_MEGABYTES };
    this.#server = await startOpenSearch(options);
    return this.#server.endpoint;
  }
}

function existingConnection(): PlainConnection | undefined {
  const endpoint = process.env[OPENSEARCH_VARIABLE];
  if (!endpoint) return undefined;
  const username = process.env.OLLAMA_CHAT_OPENSEARCH_USERNAME || undefined;
  const caCertificateFile = process.env.OLLAMA_CHAT_OPENSEARCH_CA_CERTIFICATE_FILE || undefined;
  // By the variable's name, so that no state of a measured stack holds the password.
  const passwordEnv = username === undefined ? undefined : PASSWORD_OVERRIDE;
  return { endpoint, username, passwordEnv, caCertificateFile };
}

async function warmUp(cluster: Cluster): Promise<void> {
  const world = await ChainWorld.open(cluster);
  try {
    for (let i = 0; i < FIRST_CHAINS; i += 1) await world.bare({ deploy: "in one call", probe: true });
  } finally {
    await world.close();
  }
}
