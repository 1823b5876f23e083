import {
  awaitDeployed,
  type Chain,
  closeSettings,
  makeConnector,
  makeGroup,
  openSettings,
  registerModel,
  removeConnector,
  removeGroup,
  removeModel,
} from "./bare-chain";
import { BareClient } from "./bare-client";
import type { Cluster } from "./cluster";
import type { Ollama } from "./ollama";

/** What every answer is bounded by, so that runs can be compared: the same text, of the same length, on one thread. */
export interface AnswerOptions {
  readonly num_predict: number;
  readonly temperature: number;
  readonly seed: number;
  readonly num_thread: number;
}

/** A real model behind OpenSearch, asked both ways. */
export class ModelChain {
  private constructor(
    readonly cluster: Cluster,
    readonly chain: Chain,
    readonly bare: BareClient,
    private readonly ollama: Ollama,
    private readonly model: string,
    private readonly options: AnswerOptions,
  ) {}

  static async open(cluster: Cluster, ollama: Ollama, model: string, options: AnswerOptions): Promise<ModelChain> {
    const bare = new BareClient(cluster.connection);
    try {
      await openSettings(bare);
      const name = `bench-${process.pid}-${model.replaceAll(/[^a-z0-9]+/gi, "-")}`;
      const groupId = await makeGroup(bare, name);
      const connectorId = await makeConnector(bare, name, ollama.endpoint, { model, options });
      const modelId = await registerModel(bare, name, { groupId, connectorId }, true);
      await awaitDeployed(bare, modelId);
      return new ModelChain(cluster, { groupId, connectorId, modelId }, bare, ollama, model, options);
    } catch (error) {
      bare.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await removeModel(this.bare, this.chain.modelId);
    await removeConnector(this.bare, this.chain.connectorId);
    await removeGroup(this.bare, this.chain.groupId);
    await closeSettings(this.bare);
    this.bare.close();
  }

  /** Through OpenSearch. */
  async ask(prompt: string): Promise<unknown> {
    const path = `/_plugins/_ml/models/${this.chain.modelId}/_predict`;
    return await this.bare.send("POST", path, { parameters: { prompt } });
  }

  /** Straight to Ollama, with the same body as the connector makes. */
  async askDirectly(prompt: string): Promise<unknown> {
    const body = { model: this.model, prompt, stream: false, options: this.options };
    return await this.ollama.bare.send("POST", "/api/generate", body);
  }
}
