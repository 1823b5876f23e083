import type { Connection } from "../../../clients/opensearch/connect";
import * as bareChain from "./bare-chain";
import { BareClient } from "./bare-client";
import type { Cluster } from "./cluster";
import { type ModelServer, openModelServer } from "./model-server";
import { makeOurChain, type OurChain } from "./our-chain";

/** Names of one process are told apart by a count, names of several by the process. */
let chains = 0;
const newName = () => `bench-${process.pid}-${++chains}`;

/** A cluster and a model server that answers at once, with the chat chain made on it in several ways. */
export class ChainWorld {
  #hasOpened = false;

  private constructor(
    readonly cluster: Cluster,
    readonly model: ModelServer,
  ) {}

  static async open(cluster: Cluster): Promise<ChainWorld> {
    return new ChainWorld(cluster, await openModelServer());
  }

  async close(): Promise<void> {
    await this.model.stop();
    if (this.#hasOpened) await this.#withBare(bareChain.closeSettings);
  }

  /** Opens the cluster for the model server until the end, for stacks that have no settings of their own. */
  async openSettings(): Promise<void> {
    this.#hasOpened = true;
    await this.#withBare(bareChain.openSettings);
  }

  async #withBare(use: (bare: BareClient) => Promise<void>): Promise<void> {
    const bare = new BareClient(this.cluster.connection);
    await use(bare).finally(() => bare.close());
  }

  /** By our lifecycles, with a client, sockets and a cluster probe of their own, as a provider process has them. */
  async ours(probe: boolean): Promise<Pick<OurChain, "milliseconds" | "parts">> {
    const chain = await makeOurChain(this.#freshConnection(), this.model.endpoint, newName(), probe);
    await chain.remove();
    return chain;
  }

  /** Equal connections share a client for the life of the process, so each run gets one that differs. */
  #freshConnection(): Connection {
    return { ...this.cluster.connection, requestTimeoutSeconds: 30 + chains };
  }

  /**
   * By bare requests. `deploy` is `in one call` with the registration, as ours does it, or `apart`, as the guide does.
   */
  async bare(options: {
    readonly deploy: "in one call" | "apart";
    readonly probe: boolean;
    readonly pollMilliseconds?: number;
  }): Promise<number> {
    const bare = new BareClient(this.cluster.connection);
    const name = newName();
    try {
      const started = performance.now();
      await bareChain.openSettings(bare);
      const groupId = await bareChain.makeGroup(bare, name);
      const connectorId = await bareChain.makeConnector(bare, name, this.model.endpoint);
      const inOneCall = options.deploy === "in one call";
      const modelId = await bareChain.registerModel(bare, name, { groupId, connectorId }, inOneCall);
      if (!inOneCall) await bareChain.deployModel(bare, modelId);
      await bareChain.awaitDeployed(bare, modelId, options.pollMilliseconds);
      if (options.probe) await bareChain.predict(bare, modelId);
      const milliseconds = performance.now() - started;
      await bareChain.removeModel(bare, modelId);
      await bareChain.removeConnector(bare, connectorId);
      await bareChain.removeGroup(bare, groupId);
      await bareChain.closeSettings(bare);
      return milliseconds;
    } finally {
      bare.close();
    }
  }
}
