import type { ClusterSettingArgs } from "../providers/cluster-setting/resource";
import type { ConnectorArgs } from "../providers/connector/resource";
import type { DeployedModelArgs } from "../providers/deployed-model/resource";
import type { OllamaModelArgs } from "../providers/ollama-model/resource";
import type { SearchIndexArgs } from "../providers/search-index/resource";
import type { OllamaChatStack } from "./ollama-chat-stack";

/** The index of a RAG stack; what is not here goes through `transform.searchIndex`. */
export interface RagIndexArgs {
  /**
   * Better left out: then a change that needs a new index makes it beside the old one.
   * @default the component's name and a hash
   */
  name?: string;
  /**
   * Settings of the index in OpenSearch's own form.
   * @default one shard, and a replica where the cluster has a second node
   */
  settings?: Record<string, unknown>;
  /**
   * One of `SpaceType`; counts where the cluster has the k-NN plugin.
   * @default "cosinesimil"
   */
  spaceType?: string;
  /**
   * Delete the index with its documents on destroy, or when the embedding model changes. They can be ingested again,
   * so unlike at a `SearchIndex` of its own this is the default; `false` has such a delete refused.
   * @default true
   */
  forceDelete?: boolean;
}

/** How long a RAG stack waits for its parts, in seconds. */
export interface RagReadinessArgs {
  /** Longest wait for the embedding model to be pulled. Default: 1800. */
  pullSeconds?: number;
  /** Longest wait for the embedding model's first answer. Default: 300. */
  modelSeconds?: number;
}

/** Changes the arguments of one child just before it is made, for everything that has no argument of its own. */
export interface RagTransforms {
  /** The embedding model in Ollama; `source` and `insecure` name a registry of one's own. */
  ollamaModel?: (args: OllamaModelArgs) => OllamaModelArgs;
  /** The trust in the model's URL. */
  clusterSetting?: (args: ClusterSettingArgs) => ClusterSettingArgs;
  /** How OpenSearch calls the model. */
  connector?: (args: ConnectorArgs) => ConnectorArgs;
  /** The model in OpenSearch. */
  deployedModel?: (args: DeployedModelArgs) => DeployedModelArgs;
  /** The index of passages. */
  searchIndex?: (args: SearchIndexArgs) => SearchIndexArgs;
}

/** What an `OllamaRagStack` is made of. */
export interface OllamaRagStackArgs {
  /** The chat stack whose servers and model group are used, and whose model answers. */
  chat: OllamaChatStack;
  /**
   * The model that makes vectors of texts, by Ollama's name and tag. Another one makes a new index, into which the
   * documents have to be ingested anew.
   * @default "all-minilm"
   */
  embeddingModel?: string;
  /**
   * Numbers in each of its vectors.
   * @default known for `all-minilm` (384), `nomic-embed-text` (768), `mxbai-embed-large` (1024) and some more
   */
  dimension?: number;
  /**
   * How long the embedding model stays in memory after an answer, such as `30m`, or `-1` for ever.
   * @default Ollama's, 5 minutes
   */
  keepAlive?: string;
  /**
   * Longest wait of OpenSearch for the vectors of one request, in seconds.
   * @default 300
   */
  readTimeoutSeconds?: number;
  /** The index of passages. Default: see its members. */
  index?: RagIndexArgs;
  /** Time limits. Default: see its members. */
  readiness?: RagReadinessArgs;
  /** Changes to the children's arguments. Default: none. */
  transform?: RagTransforms;
}
