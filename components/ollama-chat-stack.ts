import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ClusterSetting } from "../providers/cluster-setting/resource";
import { ChatApi } from "../providers/connector/chat-api";
import { Connector } from "../providers/connector/resource";
import { trustedEndpointRegex } from "../providers/connector/trust";
import { DeployedModel } from "../providers/deployed-model/resource";
import { ModelGroup } from "../providers/model-group/resource";
import { OllamaModel } from "../providers/ollama-model/resource";
import { normalUrl } from "../providers/shared/base-url";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import { HOST_GATEWAY, mayBePrivate, publishAddressOf } from "./addresses";
import type { OllamaChatStackArgs } from "./args";
import { presetFor } from "./chat-models";
import { createNetwork, type DockerContext } from "./docker-parts";
import { createOllama, existingOllama, type OllamaServer } from "./ollama-server";
import { createOpenSearch, type OpenSearchCluster } from "./open-search-server";
import { validated } from "./validate";

export const DEFAULT_MODEL = "smollm2:135m";

/** The servers behind a chat stack, as components that build on it see them. */
export interface ChatBackend {
  /** How to reach OpenSearch. */
  readonly connection: ConnectionArgs;
  /** What has to be there before anything is made on OpenSearch: its container, and the settings that open it. */
  readonly opensearch: {
    /** Needed before the first call. */
    readonly dependsOn: pulumi.Resource[];
  };
  /** Where Ollama is, for this machine and for OpenSearch, and what has to be there before it is called. */
  readonly ollama: OllamaServer;
  /** Hash of the settings that are frozen into a model when it is deployed; see `DeployedModel.settingsRevision`. */
  readonly settingsRevision: pulumi.Output<string>;
}

/**
 * A private chat backend: Ollama with its model, OpenSearch, and between them the model group, connector and deployed
 * model of ML Commons that answer questions. Either server may exist already; without both, no Docker is needed.
 *
 * Ollama with its model and OpenSearch come up side by side. Everything else waits for what it really needs, and is
 * taken down in the reverse order.
 *
 * @example
 * ```ts
 * const stack = new OllamaChatStack("chat", {
 *   model: "smollm2:135m",
 *   opensearch: { adminPassword: new pulumi.Config().requireSecret("opensearchPassword") },
 * });
 * export const modelId = stack.modelId;
 * export const predictUrl = stack.predictUrl;
 * ```
 */
export class OllamaChatStack extends pulumi.ComponentResource {
  /** Base URL of OpenSearch. */
  readonly opensearchEndpoint: pulumi.Output<string>;
  /** User of OpenSearch; empty where it asks for none. */
  readonly opensearchUsername: pulumi.Output<string>;
  /** Its password; a secret, empty where there is none or where it stays in an environment variable. */
  readonly opensearchPassword: pulumi.Output<string>;
  /** PEM of the authority that signed OpenSearch's certificate; empty where it is one of the public ones. */
  readonly opensearchCaCertificate: pulumi.Output<string>;
  /** Base URL of Ollama. */
  readonly ollamaEndpoint: pulumi.Output<string>;
  /** The chat model's name and tag in Ollama. */
  readonly chatModel: pulumi.Output<string>;
  /** `generate`, `chat` or `openai`: what callers send (see `ChatApi`). */
  readonly api: pulumi.Output<string>;
  /** Id of the model group. */
  readonly modelGroupId: pulumi.Output<string>;
  /** Id of the connector; another one after a change of it. */
  readonly connectorId: pulumi.Output<string>;
  /** Id of the deployed model; stays the same through every change but a new cluster. */
  readonly modelId: pulumi.Output<string>;
  /** `POST` questions here. */
  readonly predictUrl: pulumi.Output<string>;
  /** What another component needs to build on this stack's servers, as `OllamaRagStack` does. No stack output. */
  readonly backend: ChatBackend;

  constructor(name: string, args: OllamaChatStackArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("ollamachat:index:OllamaChatStack", name, {}, opts);
    validated(name, args);
    const parent = { parent: this };
    const transform = args.transform ?? {};
    const api = args.api ?? ChatApi.generate;
    const model = args.model ?? DEFAULT_MODEL;

    const { ollama, opensearch } = createServers();
    const models = [...new Set([model, ...(args.models ?? [])])].map(createOllamaModel);
    const { connection } = opensearch;
    const onCluster = { ...parent, dependsOn: opensearch.dependsOn };
    const settings = createSettings();
    const group = createGroup();
    const connector = createConnector();
    const deployed = createDeployedModel();

    this.opensearchEndpoint = pulumi.output(connection.endpoint).apply(normalUrl);
    this.opensearchUsername = text(connection.username);
    this.opensearchPassword = pulumi.secret(text(connection.password));
    this.opensearchCaCertificate = authorityOf(connection);
    this.ollamaEndpoint = pulumi.output(normalUrl(ollama.endpoint));
    this.chatModel = pulumi.output(model);
    this.api = pulumi.output(api);
    this.modelGroupId = group.id;
    this.connectorId = connector.id;
    this.modelId = deployed.id;
    this.predictUrl = pulumi.interpolate`${this.opensearchEndpoint}/_plugins/_ml/models/${deployed.id}/_predict`;
    this.backend = {
      connection,
      opensearch: { dependsOn: [...opensearch.dependsOn, settings] },
      ollama,
      settingsRevision: settings.revision,
    };
    this.registerOutputs(this.outputs());

    function createServers(): { ollama: OllamaServer; opensearch: OpenSearchCluster } {
      const existing = args.opensearch?.existing;
      const endpoint = args.ollama?.existing?.endpoint;
      if (existing !== undefined && endpoint !== undefined) {
        return { ollama: existingOllama(args, endpoint), opensearch: { connection: existing, dependsOn: [] } };
      }
      const context: DockerContext = {
        name,
        options: parent,
        transform,
        publishAddress: publishAddressOf(args),
      };
      const network = createNetwork(context);
      const ollama = endpoint === undefined ? createOllama(args, context, network) : existingOllama(args, endpoint);
      if (existing !== undefined) return { ollama, opensearch: { connection: existing, dependsOn: [] } };
      const password = args.opensearch?.adminPassword ?? "";
      const reachesHost = ollama.endpointForOpenSearch.includes(HOST_GATEWAY);
      return { ollama, opensearch: createOpenSearch(args, context, network, password, reachesHost) };
    }

    /** In an Ollama of our own the chat model is loaded while OpenSearch boots, with the options of its questions. */
    function createOllamaModel(tag: string, i: number): OllamaModel {
      const warm = i === 0 && args.ollama?.existing === undefined;
      const made = {
        endpoint: ollama.endpoint,
        model: tag,
        ...(warm ? { warmUp: true, loadOptions: args.modelOptions } : {}),
        // In an Ollama of our own the models go with their volume; elsewhere others may use them.
        ...(args.ollama?.existing === undefined ? { retainOnDelete: args.ollama?.retainModels ?? false } : {}),
        timeouts: { createSeconds: args.readiness?.pullSeconds ?? 1800 },
      };
      const suffix = i === 0 ? "ollama-model" : `ollama-model-${tag}`;
      return new OllamaModel(`${name}-${suffix}`, transform.ollamaModel?.(made) ?? made, {
        ...parent,
        dependsOn: ollama.dependsOn,
      });
    }

    function preset() {
      return presetFor({
        endpoint: ollama.endpointForOpenSearch,
        model,
        api,
        options: args.modelOptions,
        keepAlive: args.ollama?.keepAlive,
        readTimeoutSeconds: args.readTimeoutSeconds,
      });
    }

    function createSettings(): ClusterSetting {
      const trusted = preset().actions.map((action) => trustedEndpointRegex(action.url));
      const isPrivate = mayBePrivate(ollama.endpointForOpenSearch);
      const made = {
        connection,
        mode: "contribute",
        settings: {
          "plugins.ml_commons.trusted_connector_endpoints_regex": trusted,
          ...(isPrivate ? { "plugins.ml_commons.connector.private_ip_enabled": true } : {}),
          ...args.settings,
        },
        ...(isPrivate
          ? { whenKnown: { "plugins.ml_commons.trusted_connector_private_endpoints_regex": trusted } }
          : {}),
      };
      return new ClusterSetting(`${name}-settings`, transform.clusterSetting?.(made) ?? made, onCluster);
    }

    function createGroup(): ModelGroup {
      return new ModelGroup(`${name}-group`, transform.modelGroup?.({ connection }) ?? { connection }, onCluster);
    }

    function createConnector(): Connector {
      const made = { connection, ...preset() };
      return new Connector(`${name}-connector`, transform.connector?.(made) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, settings],
      });
    }

    function createDeployedModel(): DeployedModel {
      const made = {
        connection,
        modelGroupId: group.id,
        connectorId: connector.id,
        settingsRevision: settings.revision,
        timeouts: { createSeconds: args.readiness?.modelSeconds ?? 300 },
      };
      return new DeployedModel(`${name}-model`, transform.deployedModel?.(made) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, ...models],
      });
    }
  }

  /** All outputs by name: flat, plain, secrets on their own, fit to be the outputs of a stack. */
  outputs(): Record<string, pulumi.Output<string>> {
    return {
      opensearchEndpoint: this.opensearchEndpoint,
      opensearchUsername: this.opensearchUsername,
      opensearchPassword: this.opensearchPassword,
      opensearchCaCertificate: this.opensearchCaCertificate,
      ollamaEndpoint: this.ollamaEndpoint,
      chatModel: this.chatModel,
      api: this.api,
      modelGroupId: this.modelGroupId,
      connectorId: this.connectorId,
      modelId: this.modelId,
      predictUrl: this.predictUrl,
    };
  }
}

/** Whoever reads the outputs checks the certificate too, and elsewhere: so the text of a file, not its path. */
function authorityOf({ caCertificate, caCertificateFile }: ConnectionArgs): pulumi.Output<string> {
  return pulumi.all([text(caCertificate), text(caCertificateFile)]).apply(([pem, file]) => {
    if (file === "") return pem;
    try {
      return readFileSync(file, "utf8");
    } catch {
      // The first resource that needs it says so, with the way out.
      return "";
    }
  });
}

function text(value: ConnectionArgs["username"]): pulumi.Output<string> {
  return pulumi.output(value).apply((known) => known ?? "");
}
