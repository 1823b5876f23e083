import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ClusterSettingArgs } from "../providers/cluster-setting/resource";
import type { ConnectorArgs } from "../providers/connector/resource";
import type { DeployedModelArgs } from "../providers/deployed-model/resource";
import { withoutOutputs } from "../providers/dynamic/applied";
import type { OllamaModelArgs } from "../providers/ollama-model/resource";
import type { SearchIndexArgs } from "../providers/search-index/resource";
import { checkWith, sentence } from "../providers/shared/checking";
import { dimension, keepAlive, modelName, seconds, wholeSeconds } from "../providers/shared/values";
import type { OllamaChatStack } from "./ollama-chat-stack";

/** The index of a RAG stack. For everything else there is `transform.searchIndex`. */
export interface RagIndexArgs {
  /**
   * Name of the index. Leave it out if you can: then a change that needs a new index creates it beside the old one.
   * @default the component's name and a hash
   */
  name?: string;
  /**
   * Settings of the index in OpenSearch's own form.
   * @default one shard, and a replica where the cluster has a second node
   */
  settings?: Record<string, unknown>;
  /**
   * One of `SpaceType`. Only used if the cluster has the k-NN plugin.
   * @default "cosinesimil"
   */
  spaceType?: string;
  /**
   * Delete the index with its documents on destroy, or when the embedding model changes. Documents can be ingested again,
   * so this is the default here, unlike for a `SearchIndex`. With `false`, such a delete is refused.
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

/** Hooks that change a child's arguments just before it is created, for settings without an argument of their own. */
export interface RagTransforms {
  /** The embedding model in Ollama; `source` and `insecure` name a registry of one's own. */
  ollamaModel?: (args: OllamaModelArgs) => OllamaModelArgs;
  /** The cluster settings that trust the model's URL. */
  clusterSetting?: (args: ClusterSettingArgs) => ClusterSettingArgs;
  /** The connector of the embedding model. */
  connector?: (args: ConnectorArgs) => ConnectorArgs;
  /** The deployed embedding model. */
  deployedModel?: (args: DeployedModelArgs) => DeployedModelArgs;
  /** The index of passages. */
  searchIndex?: (args: SearchIndexArgs) => SearchIndexArgs;
}

/** Arguments of an `OllamaRagStack`. */
export interface OllamaRagStackArgs {
  /** The chat stack. Its servers and model group are used, and its model answers. */
  chat: OllamaChatStack;
  /**
   * The embedding model, by Ollama's name and tag. A change creates a new index, and the documents have to be ingested
   * again.
   * @default "all-minilm"
   */
  embeddingModel?: string;
  /**
   * Number of dimensions of its vectors.
   * @default known for `all-minilm` (384), `nomic-embed-text` (768), `mxbai-embed-large` (1024) and some more
   */
  dimension?: number;
  /**
   * How long the embedding model stays in memory after an answer, such as `30m`, or `-1` for ever.
   * @default Ollama's, 5 minutes
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * How long OpenSearch waits for the vectors of one request, in seconds.
   * @default 300
   */
  readTimeoutSeconds?: pulumi.Input<number>;
  /** The index of passages. Default: see its members. */
  index?: RagIndexArgs;
  /** Time limits. Default: see its members. */
  readiness?: RagReadinessArgs;
  /** Changes to the children's arguments. Default: none. */
  transform?: RagTransforms;
}

const DEFAULT_EMBEDDING_MODEL = "all-minilm";

/** Dimensions by model name; the same for every tag. Source: the models' own configurations. */
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

/** Whether a model is a known embedding model, which cannot chat. */
export function isEmbeddingModel(name: string): boolean {
  return dimensionOf(name) !== undefined;
}

/** Dimensions of a model's vectors; `undefined` if not known here. */
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
 * The embedding model and its dimensions.
 *
 * @throws pulumi.RunError for arguments that could only fail later, so that the preview stops.
 */
export function embeddingOf(name: string, args: OllamaRagStackArgs): { embeddingModel: string; dimension: number } {
  // A program in JavaScript may leave it out.
  if (args?.chat?.backend === undefined) {
    throw problem(name, "chat is missing: must be the OllamaChatStack whose servers are used");
  }
  const { embeddingModel = DEFAULT_EMBEDDING_MODEL, dimension, keepAlive, readTimeoutSeconds, readiness } = args;
  const given = { embeddingModel, dimension, keepAlive, readTimeoutSeconds, readiness };
  const failures = checkWith(argsSchema, withoutOutputs(given)).map(({ reason }) => reason);
  if (failures.length > 0) throw problem(name, failures.join("; "));
  const size = dimension ?? dimensionOf(embeddingModel);
  if (size !== undefined) return { embeddingModel, dimension: size };
  const rule = `must say how many numbers a vector of ${embeddingModel} has; known without it: ${KNOWN_EMBEDDING_MODELS.join(", ")}`;
  throw problem(name, sentence(["dimension"], undefined, rule));
}

function problem(name: string, text: string): pulumi.RunError {
  return new pulumi.RunError(`OllamaRagStack ${JSON.stringify(name)}: ${text}`);
}
