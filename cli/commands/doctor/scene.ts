import { resolve } from "node:path";
import { DockerEngine } from "../../../clients/docker/engine";
import { type ListedModel, listModels, serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import {
  type ClusterInfo,
  type ClusterSettings,
  clusterInfo,
  getClusterSettings,
} from "../../../clients/opensearch/cluster";
import { type Connection, openSearch } from "../../../clients/opensearch/connect";
import { type ConnectorAction, type ConnectorDocument, getConnector } from "../../../clients/opensearch/connectors";
import { getModel, type ModelDocument } from "../../../clients/opensearch/models";
import type { PredictAnswer } from "../../../clients/opensearch/predict-answer";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import { filledWith } from "../../../providers/connector/substitution";
import { backendFolder } from "../../../providers/shared/backend";
import type { Access } from "../../access/access";
import type { StackSelection } from "../../access/pulumi";
import { type StackContainers, stackContainers } from "./docker/stack-containers";
import type { Machine } from "./machine";
import { type OllamaReply, type RunningModel, runningModels } from "./ollama-looks";
import { type PluginVersions, pluginVersions } from "./opensearch-looks";
import { type Lock, locksOf } from "./stack/backend";
import { type StackState, stackState } from "./stack/state";

const ML = "plugins.ml_commons.";
/** Longest wait for anything but an answer of the model. */
const LOOK_SECONDS = 10;

/** An answer of the chain, and how long it took. */
export interface TimedPredict {
  readonly answer: PredictAnswer;
  readonly seconds: number;
}

/**
 * What the checks look at. Everything is asked once for all of them; a look that fails does so for each of them, with
 * the same error.
 */
export class Scene {
  readonly #known = new Map<string, Promise<unknown>>();
  #opensearch: OpenSearchServer | undefined;
  /** Left by the checks that ask, for those that judge the answers. */
  predicted: TimedPredict | undefined;
  direct: { readonly reply: OllamaReply; readonly seconds: number } | undefined;

  constructor(
    readonly access: Access,
    readonly machine: Machine,
    /** Longest wait for one answer of a model. */
    readonly answerSeconds: number,
  ) {}

  /** OpenSearch as doctor asks it: what is wrong shall show, so nothing is tried twice. */
  get opensearch(): OpenSearchServer {
    this.#opensearch ??= openSearch(this.connection);
    return this.#opensearch;
  }

  private get connection(): Connection {
    const { opensearch } = this.access;
    if (opensearch === undefined) throw new RangeError("no OpenSearch is named");
    return { ...opensearch, requestTimeoutSeconds: LOOK_SECONDS, maxRetries: 0 };
  }

  get ollama(): OllamaServer {
    return new OllamaServer(this.access.ollamaEndpoint ?? "");
  }

  info(): Promise<ClusterInfo> {
    return this.#once("info", () => clusterInfo(this.opensearch));
  }

  plugins(): Promise<PluginVersions> {
    return this.#once("plugins", () => pluginVersions(this.opensearch));
  }

  settings(): Promise<ClusterSettings> {
    return this.#once("settings", () => getClusterSettings(this.opensearch));
  }

  /** The value in force of a setting: transient before persistent before default; `undefined` where it is unknown. */
  async setting(name: string): Promise<string | readonly string[] | undefined> {
    const { transient, persistent, defaults } = await this.settings();
    const key = name.startsWith("ml:") ? ML + name.slice(3) : name;
    return transient[key] ?? persistent[key] ?? defaults[key] ?? undefined;
  }

  model(): Promise<ModelDocument | undefined> {
    return this.#once("model", () => getModel(this.opensearch, this.access.modelId ?? ""));
  }

  /** The connector that the model uses, whatever the stack says. */
  connector(): Promise<ConnectorDocument | undefined> {
    return this.#once("connector", async () => {
      const id = (await this.model())?.connectorId ?? this.access.connectorId;
      return id === undefined ? undefined : await getConnector(this.opensearch, id);
    });
  }

  /** The connector's predict action, with its URL as the server will call it. */
  async predictAction(): Promise<(ConnectorAction & { readonly target: string }) | undefined> {
    const connector = await this.connector();
    const action = connector?.actions.find(({ actionType }) => actionType === "predict");
    if (connector === undefined || action === undefined) return undefined;
    return { ...action, target: filledWith(action.url, connector.parameters) };
  }

  ollamaVersion(): Promise<string> {
    return this.#once("ollama", () => serverVersion(this.ollama, LOOK_SECONDS));
  }

  models(): Promise<ListedModel[]> {
    return this.#once("tags", () => listModels(this.ollama));
  }

  running(): Promise<readonly RunningModel[]> {
    return this.#once("ps", () => runningModels(this.ollama));
  }

  stackState(): Promise<StackState> {
    return this.#once("stack", () => stackState(this.stack, this.machine.environment));
  }

  /** Where the backend of the stack is a folder of this machine: that folder. */
  backendFolder(): string | undefined {
    const folder = resolve(this.stack.folder ?? ".");
    return backendFolder({ environment: this.machine.environment, folder });
  }

  /** Who holds the stack, where that can be seen. */
  async stackLocks(): Promise<readonly Lock[] | undefined> {
    const folder = this.backendFolder();
    return folder === undefined ? undefined : await locksOf(folder, (await this.stackState()).name);
  }

  private get stack(): StackSelection {
    const { stack } = this.access;
    if (stack === undefined) throw new RangeError("no stack is read");
    return stack;
  }

  docker(): Promise<StackContainers | undefined> {
    return this.#once("docker", async () => {
      const engine = DockerEngine.at(this.machine.dockerHost);
      return engine && (await stackContainers(engine, this.access));
    });
  }

  #once<T>(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known !== undefined) return known as Promise<T>;
    const looking = look();
    this.#known.set(key, looking);
    return looking;
  }
}
