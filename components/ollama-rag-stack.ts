import * as pulumi from "@pulumi/pulumi";
import { ClusterSetting } from "../providers/cluster-setting/resource";
import { authShape, members } from "../providers/connector/preset-inputs";
import { ollamaEmbedding } from "../providers/connector/presets";
import { Connector } from "../providers/connector/resource";
import { DeployedModel } from "../providers/deployed-model/resource";
import { applied } from "../providers/dynamic/applied";
import { OllamaModel } from "../providers/ollama-model/resource";
import { passageMappings, VECTOR_FIELD } from "../providers/search-index/passages";
import { SearchIndex } from "../providers/search-index/resource";
import { OLLAMA_ALIAS, type OllamaAddress } from "./ollama-server";
import type { OllamaRagStackArgs } from "./rag-args";
import { embeddingOf } from "./rag-args";
import { trustSettings } from "./trust";

/** A replica if the cluster has a second node; on a single node the index would otherwise stay yellow. */
const INDEX_SETTINGS = { number_of_shards: 1, auto_expand_replicas: "0-1" };

/** The first server's keeps the name that it has alone. */
function nameOf({ part }: OllamaAddress): string {
  return part === OLLAMA_ALIAS ? "embedding-model" : `${part}-embedding-model`;
}

/**
 * Retrieval over your own documents, on top of a chat stack: an embedding model in Ollama, its connector and deployed model
 * in OpenSearch, and an index of passages with their vectors.
 *
 * It is a separate component, so you can add it to an existing chat stack, share one chat model between several sets of
 * documents, and remove one without touching the chat. `ollama-chat rag ingest` writes the documents.
 *
 * @example
 * ```ts
 * const adminPassword = new pulumi.Config().requireSecret("opensearchPassword");
 * const chat = new OllamaChatStack("chat", { opensearch: { adminPassword } });
 * const handbook = new OllamaRagStack("handbook", { chat });
 * export const { ragIndex, embeddingModelId } = handbook;
 * ```
 */
export class OllamaRagStack extends pulumi.ComponentResource {
  /** Name of the index of passages. */
  readonly ragIndex: pulumi.Output<string>;
  /** The embedding model's name in Ollama. */
  readonly embeddingModel: pulumi.Output<string>;
  /** Id of the deployed embedding model. */
  readonly embeddingModelId: pulumi.Output<string>;

  constructor(name: string, args: OllamaRagStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ollamachat:index:OllamaRagStack", name, {}, opts);
    const { embeddingModel, dimension } = embeddingOf(name, args);
    const { connection, opensearch, ollama, settingsRevision } = args.chat.backend;
    const parent = { parent: this };
    const transform = args.transform ?? {};
    const preset = applied(
      {
        endpoint: ollama.endpointForOpenSearch,
        model: embeddingModel,
        keepAlive: args.keepAlive,
        readTimeoutSeconds: args.readTimeoutSeconds,
      },
      (known) => ollamaEmbedding({ ...known, ...authShape(ollama.auth) }),
    );

    const pulled = ollama.servers.map(createOllamaModel);
    const settings = createSettings();
    const connector = createConnector();
    const deployed = createDeployedModel();
    const index = createIndex();

    this.ragIndex = index.id;
    this.embeddingModel = pulumi.output(embeddingModel);
    this.embeddingModelId = deployed.id;
    this.registerOutputs(this.outputs());

    function createOllamaModel(server: OllamaAddress): OllamaModel {
      const made = {
        endpoint: server.endpoint,
        auth: ollama.auth,
        model: embeddingModel,
        timeouts: { createSeconds: args.readiness?.pullSeconds ?? 1800 },
      };
      return new OllamaModel(`${name}-${nameOf(server)}`, transform.ollamaModel?.(made) ?? made, {
        ...parent,
        dependsOn: server.dependsOn,
      });
    }

    /** The chat stack calls the same server, so it has set the flag for private addresses already. */
    function createSettings(): ClusterSetting {
      const made = {
        connection,
        ...trustSettings({ preset, endpoint: ollama.endpointForOpenSearch, privateAddresses: false }),
      };
      return new ClusterSetting(`${name}-settings`, transform.clusterSetting?.(made) ?? made, {
        ...parent,
        dependsOn: opensearch.dependsOn,
      });
    }

    function createConnector(): Connector {
      const made = { connection, ...members(preset, ollama.auth) };
      return new Connector(`${name}-connector`, transform.connector?.(made) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, settings],
      });
    }

    function createDeployedModel(): DeployedModel {
      const made = {
        connection,
        modelGroupId: args.chat.modelGroupId,
        connectorId: connector.id,
        settingsRevision: pulumi.interpolate`${settingsRevision}-${settings.revision}`,
        timeouts: { createSeconds: args.readiness?.modelSeconds ?? 300 },
      };
      return new DeployedModel(`${name}-model`, transform.deployedModel?.(made) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, ...pulled],
      });
    }

    function createIndex(): SearchIndex {
      const { name: indexName, settings = INDEX_SETTINGS, spaceType, forceDelete = true } = args.index ?? {};
      const made = {
        connection,
        name: indexName,
        mappings: passageMappings({ embeddingModel, dimension }),
        settings,
        vector: { field: VECTOR_FIELD, dimension, model: embeddingModel, spaceType },
        forceDelete,
      };
      return new SearchIndex(`${name}-index`, transform.searchIndex?.(made) ?? made, {
        ...parent,
        dependsOn: opensearch.dependsOn,
      });
    }
  }

  /** All outputs by name, ready to be exported beside those of the chat stack. */
  outputs(): Record<string, pulumi.Output<string>> {
    return {
      ragIndex: this.ragIndex,
      embeddingModel: this.embeddingModel,
      embeddingModelId: this.embeddingModelId,
    };
  }
}
