import * as pulumi from "@pulumi/pulumi";
import { ClusterSetting } from "../providers/cluster-setting/resource";
import { authShape, members } from "../providers/connector/preset-inputs";
import { Connector } from "../providers/connector/resource";
import { DeployedModel } from "../providers/deployed-model/resource";
import { applied } from "../providers/dynamic/applied";
import { ModelGroup } from "../providers/model-group/resource";
import { OllamaModel } from "../providers/ollama-model/resource";
import type { SecurityUser } from "../providers/security-user/resource";
import { normalUrl } from "../providers/shared/base-url";
import type { OllamaChatStackArgs } from "./args";
import { type ChatBackend, type ChatStackOutputs, gatewayOutputs } from "./chat-backend";
import { type AnsweringModel, type ChatModel, chatModelsOf, presetFor } from "./chat-models";
import type { OllamaAddress } from "./ollama-server";
import { authorityOf, text } from "./opensearch-server";
import { placesOf } from "./places";
import { createPredictUser } from "./predict-user";
import { createServers } from "./servers";
import { trustSettings } from "./trust";
import { validated } from "./validate";

/**
 * A private chat backend: Ollama with its models, OpenSearch, and the ML Commons objects that connect them (model group,
 * connectors, deployed models). Either server may exist already. If both exist, Docker is not needed.
 *
 * Ollama and OpenSearch start side by side. Every other resource waits only for what it needs, and `pulumi destroy`
 * removes everything in the reverse order.
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
  /** Base URLs of all nodes of OpenSearch, for clients that go on with another one when one is lost. */
  readonly opensearchEndpoints: pulumi.Output<string[]>;
  /** User of OpenSearch; empty without security. */
  readonly opensearchUsername: pulumi.Output<string>;
  /** Password of that user, a secret; empty if there is none or if it stays in an environment variable. */
  readonly opensearchPassword: pulumi.Output<string>;
  /** User who may ask the models and nothing else; empty without one (see `OpenSearchArgs.predictUser`). */
  readonly predictUsername: pulumi.Output<string>;
  /** Password of that user, a secret. */
  readonly predictPassword: pulumi.Output<string>;
  /** PEM of the authority that signed OpenSearch's certificate; empty for a public authority. */
  readonly opensearchCaCertificate: pulumi.Output<string>;
  /** Base URL of Ollama. */
  readonly ollamaEndpoint: pulumi.Output<string>;
  /** The chat model's name and tag in Ollama. */
  readonly chatModel: pulumi.Output<string>;
  /** `generate`, `chat` or `openai`: what callers send (see `ChatApi`). */
  readonly api: pulumi.Output<string>;
  /** Id of the model group. */
  readonly modelGroupId: pulumi.Output<string>;
  /** Id of the connector. A change of the connector gives it a new id. */
  readonly connectorId: pulumi.Output<string>;
  /** Id of the deployed model. Only a new cluster changes it. */
  readonly modelId: pulumi.Output<string>;
  /** URL that takes questions by `POST`. */
  readonly predictUrl: pulumi.Output<string>;
  /** Names of the deployed models in Ollama by alias, the chat model included. */
  readonly chatModels: pulumi.Output<Record<string, string>>;
  /** `generate`, `chat` or `openai` by alias. */
  readonly apis: pulumi.Output<Record<string, string>>;
  /** Ids of the connectors by alias. */
  readonly connectorIds: pulumi.Output<Record<string, string>>;
  /** Ids of the deployed models by alias. */
  readonly modelIds: pulumi.Output<Record<string, string>>;
  /** URLs that take questions by `POST`, by alias. */
  readonly predictUrls: pulumi.Output<Record<string, string>>;
  /** For components that build on this stack's servers, such as `OllamaRagStack`. Not a stack output. */
  readonly backend: ChatBackend;

  constructor(name: string, args: OllamaChatStackArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("ollamachat:index:OllamaChatStack", name, {}, opts);
    validated(name, args);
    const parent = { parent: this };
    const transform = args.transform ?? {};
    const models = chatModelsOf(args);
    const [chat, ...further] = models;

    const places = placesOf(this, name, args);
    const { ollama, opensearch } = createServers({ name, args, options: parent, transform, places });
    const inOllama = createOllamaModels();
    const { connection } = opensearch;
    const onCluster = { ...parent, dependsOn: opensearch.dependsOn };
    const settings = createSettings();
    const groupArgs = transform.modelGroup?.({ connection }) ?? { connection };
    const group = new ModelGroup(`${name}-group`, groupArgs, onCluster);
    const asker = createAsker();
    const connector = createConnector(chat, "connector", settings);
    const deployed = createDeployedModel(chat, "model", connector, settings);
    const answering = [{ ...chat, connector, deployed }, ...createFurtherModels()];

    this.opensearchEndpoint = pulumi.output(connection.endpoint).apply(normalUrl);
    this.opensearchEndpoints = pulumi
      .all([this.opensearchEndpoint, connection.endpoints ?? []])
      .apply(([first, others]) => [first, ...others.map(normalUrl)]);
    this.opensearchUsername = text(connection.username);
    this.opensearchPassword = pulumi.secret(text(connection.password));
    this.predictUsername = asker === undefined ? pulumi.output("") : asker.id;
    this.predictPassword = pulumi.secret(asker === undefined ? "" : asker.password);
    this.opensearchCaCertificate = authorityOf(connection);
    this.ollamaEndpoint = pulumi.output(ollama.endpoint).apply(normalUrl);
    this.chatModel = pulumi.output(chat.name);
    this.api = pulumi.output(chat.api);
    this.modelGroupId = group.id;
    this.connectorId = connector.id;
    this.modelId = deployed.id;
    const urlOf = (id: pulumi.Output<string>) =>
      pulumi.interpolate`${this.opensearchEndpoint}/_plugins/_ml/models/${id}/_predict`;
    this.predictUrl = urlOf(deployed.id);
    this.chatModels = byAlias(({ name }) => name);
    this.apis = byAlias(({ api }) => api);
    this.connectorIds = byAlias((model) => model.connector.id);
    this.modelIds = byAlias((model) => model.deployed.id);
    this.predictUrls = byAlias((model) => urlOf(model.deployed.id));
    this.backend = {
      connection,
      opensearch: { dependsOn: [...opensearch.dependsOn, settings] },
      ollama,
      settingsRevision: settings.revision,
    };
    this.registerOutputs(this.outputs());

    /** One resource per name on each server: several deployed models may share a model in Ollama. */
    function createOllamaModels(): ReadonlyMap<ChatModel["name"], OllamaModel[]> {
      const made = new Map<ChatModel["name"], OllamaModel[]>();
      for (const model of models) {
        if (made.has(model.name)) continue;
        const isFirst = made.size === 0;
        made.set(
          model.name,
          ollama.servers.map((server) => createOllamaModel(model, isFirst, server)),
        );
      }
      return made;
    }

    /** In Docker, the chat model is loaded while OpenSearch boots, with the options that its questions will have. */
    function createOllamaModel(model: ChatModel, isFirst: boolean, server: OllamaAddress): OllamaModel {
      const warm = isFirst && args.ollama?.existing === undefined;
      const made = {
        endpoint: server.endpoint,
        auth: ollama.auth,
        model: model.name,
        ...(warm ? { warmUp: true, loadOptions: model.modelOptions } : {}),
        // In Docker, models are deleted with their volume. On an existing Ollama, others may use them.
        ...(args.ollama?.existing === undefined ? { retainOnDelete: args.ollama?.retainModels ?? false } : {}),
        timeouts: { createSeconds: args.readiness?.pullSeconds ?? 1800 },
      };
      const tag = typeof model.name === "string" ? model.name : model.alias;
      const suffix = isFirst ? `${server.part}-model` : `${server.part}-model-${tag}`;
      return new OllamaModel(`${name}-${suffix}`, transform.ollamaModel?.(made) ?? made, {
        ...parent,
        dependsOn: server.dependsOn,
      });
    }

    function preset(model: ChatModel) {
      const { api, name, modelOptions: options, keepAlive, readTimeoutSeconds } = model;
      const given = { endpoint: ollama.endpointForOpenSearch, model: name, options, keepAlive, readTimeoutSeconds };
      return applied(given, (known) => presetFor({ ...known, api, ...authShape(ollama.auth) }));
    }

    /** Trusts the chat model's URL, and allows private addresses if Ollama has one. */
    function createSettings(): ClusterSetting {
      const opened = { preset: preset(chat), endpoint: ollama.endpointForOpenSearch, privateAddresses: true };
      const made = { connection, ...trustSettings({ ...opened, more: args.settings }) };
      return new ClusterSetting(`${name}-settings`, transform.clusterSetting?.(made) ?? made, onCluster);
    }

    /**
     * Trusts the URL of an api for further models. The chat model's settings would do, but their revision changes with the
     * chat model, and every further model would be updated with it.
     */
    function createTrust(model: ChatModel): ClusterSetting {
      const opened = { preset: preset(model), endpoint: ollama.endpointForOpenSearch, privateAddresses: false };
      const made = { connection, ...trustSettings(opened) };
      return new ClusterSetting(`${name}-settings-${model.api}`, transform.clusterSetting?.(made) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, settings],
      });
    }

    function createFurtherModels(): AnsweringModel[] {
      const trust = new Map<string, ClusterSetting>();
      return further
        .filter(({ deploy }) => deploy)
        .map((model) => {
          const opened = trust.get(model.api) ?? createTrust(model);
          trust.set(model.api, opened);
          const connector = createConnector(model, `connector-${model.alias}`, opened);
          return {
            ...model,
            connector,
            deployed: createDeployedModel(model, `model-${model.alias}`, connector, opened),
          };
        });
    }

    function byAlias(tell: (model: AnsweringModel) => pulumi.Input<string>): pulumi.Output<Record<string, string>> {
      // A chat model whose name is an output has that name as its alias.
      const told = answering.map((model) => pulumi.all([model.alias || model.name, tell(model)]));
      return pulumi.all(told).apply((pairs) => Object.fromEntries(pairs));
    }

    function createAsker(): SecurityUser | undefined {
      const isOurs = args.opensearch?.existing === undefined;
      if (!(args.opensearch?.predictUser ?? isOurs)) return undefined;
      const { backendRoles } = groupArgs;
      return createPredictUser({ name, connection, backendRoles, isOurs, options: onCluster, transform });
    }

    function createConnector(model: ChatModel, suffix: string, opened: ClusterSetting): Connector {
      const made = { connection, ...members(preset(model), ollama.auth) };
      return new Connector(`${name}-${suffix}`, transform.connector?.(made, model.alias) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, opened],
      });
    }

    function createDeployedModel(
      model: ChatModel,
      suffix: string,
      connector: Connector,
      opened: ClusterSetting,
    ): DeployedModel {
      const made = {
        connection,
        modelGroupId: group.id,
        connectorId: connector.id,
        settingsRevision: opened.revision,
        timeouts: { createSeconds: args.readiness?.modelSeconds ?? 300 },
      };
      const pulled = inOllama.get(model.name) ?? [];
      return new DeployedModel(`${name}-${suffix}`, transform.deployedModel?.(made, model.alias) ?? made, {
        ...parent,
        dependsOn: [...opensearch.dependsOn, ...pulled],
      });
    }
  }

  /** All outputs by name, ready to be exported as stack outputs. */
  outputs(): ChatStackOutputs {
    return {
      opensearchEndpoint: this.opensearchEndpoint,
      opensearchEndpoints: this.opensearchEndpoints,
      opensearchUsername: this.opensearchUsername,
      opensearchPassword: this.opensearchPassword,
      predictUsername: this.predictUsername,
      predictPassword: this.predictPassword,
      opensearchCaCertificate: this.opensearchCaCertificate,
      ollamaEndpoint: this.ollamaEndpoint,
      chatModel: this.chatModel,
      api: this.api,
      modelGroupId: this.modelGroupId,
      connectorId: this.connectorId,
      modelId: this.modelId,
      predictUrl: this.predictUrl,
      chatModels: this.chatModels,
      apis: this.apis,
      connectorIds: this.connectorIds,
      modelIds: this.modelIds,
      predictUrls: this.predictUrls,
      ...gatewayOutputs(this.backend),
    };
  }
}
