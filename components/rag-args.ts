import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ClusterSettingArgs } from "../providers/cluster-setting/resource";
import type { ConnectorArgs } from "../providers/connector/resource";
import type { DeployedModelArgs } from "../providers/deployed-model/resource";
import type { OllamaModelArgs } from "../providers/ollama-model/resource";
import type { SearchIndexArgs } from "../providers/search-index/resource";
import { checkWith, sentence } from "../providers/shared/checking";
import { dimension, keepAlive, modelName, seconds, wholeSeconds } from "../providers/shared/values";
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

const DEFAULT_EMBEDDING_MODEL = "all-minilm";

/** Numbers in a vector, by the model's name; the same for each of its tags. Source: the models' own configurations. */
const DIMENSIONS: Readonly<Record<string, number>> = {
  "all-minilm": 384,
  "bge-large": 1024,
  "bge-m3": 1024,
  embeddinggemma: 768,
  "mxbai-embed-large": 1024,
  "nomic-embed-text": 768,
  "paraphrase-multilingual": 768,
  "snowflake-arctic-embed2": 1024,
};

const KNOWN_EMBEDDING_MODELS: readonly string[] = Object.keys(DIMENSIONS);

/** Whether a model is known to make vectors, and so to answer nothing. */
export function isEmbeddingModel(name: string): boolean {
  return dimensionOf(name) !== undefined;
}

/** How many numbers a vector of this model has, or `undefined` where that is not known here. */
function dimensionOf(model: string): number | undefined {
  return DIMENSIONS[model.split(":")[0] ?? ""];
}

const argsSchema = z.looseObject({
  embeddingModel: modelName.optional(),
  dimension: dimension.optional(),
  keepAlive: keepAlive.optional(),
  readTimeoutSeconds: wholeSeconds.optional(),
  readiness: z.looseObject({ pullSeconds: seconds.optional(), modelSeconds: seconds.optional() }).optional(),
});

/**
 * The embedding model and the size of its vectors.
 *
 * @throws pulumi.RunError, in preview, on arguments that could only fail later.
 */
export function embeddingOf(name: string, args: OllamaRagStackArgs): { embeddingModel: string; dimension: number } {
  const { embeddingModel = DEFAULT_EMBEDDING_MODEL, dimension, keepAlive, readTimeoutSeconds, readiness } = args;
  const given = { embeddingModel, dimension, keepAlive, readTimeoutSeconds, readiness };
  const failures = checkWith(argsSchema, given).map(({ reason }) => reason);
  if (failures.length > 0) throw problem(name, failures.join("; "));
  const size = dimension ?? dimensionOf(embeddingModel);
  if (size !== undefined) return { embeddingModel, dimension: size };
  const rule = `must say how many numbers a vector of ${embeddingModel} has; known without it: ${KNOWN_EMBEDDING_MODELS.join(", ")}`;
  throw problem(name, sentence(["dimension"], undefined, rule));
}

function problem(name: string, text: string): pulumi.RunError {
  return new pulumi.RunError(`OllamaRagStack ${JSON.stringify(name)}: ${text}`);
}
