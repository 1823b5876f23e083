import { resolve } from "node:path";
import { type RunningModel, runningModels } from "../../../clients/ollama/inventory";
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
import { type PluginVersions, pluginVersions } from "../../../clients/opensearch/plugins";
import type { PredictAnswer } from "../../../clients/opensearch/predict-answer";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import { filledWith } from "../../../providers/connector/substitution";
import { backendFolder } from "../../../providers/shared/backend";
import { dockerAt, otherMachine } from "../../../providers/shared/docker-address";
import type { Access } from "../../access/access";
import type { StackSelection } from "../../access/pulumi";
import {
  type Container,
  type Docker,
  type Part,
  type StackContainers,
  stackContainers,
} from "./docker/stack-containers";
import type { Machine } from "./machine";
import { type Lock, locksOf } from "./stack/backend";
import { type StackDocker, type StackState, stackState } from "./stack/state";

const ML = "plugins.ml_commons.";
/** Time limit for everything except a model's answer. */
const LOOK_SECONDS = 10;

/** An answer through the whole chain, and how long it took. */
export interface TimedPredict {
  readonly answer: PredictAnswer;
  readonly seconds: number;
}

/** What the checks examine. Each request is sent once and shared, so checks that need it get the same answer or error. */
export class Scene {
  readonly #known = new Map<string, Promise<unknown>>();
  #opensearch: OpenSearchServer | undefined;
  /** Set by the check `predict`, for the checks after it. */
  predicted: TimedPredict | undefined;

  constructor(
    readonly access: Access,
    readonly machine: Machine,
    /** Time limit for a model's answer. */
    readonly answerSeconds: number,
  ) {}

  /** OpenSearch without retries, since doctor should see each failure. */
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
    return new OllamaServer(this.access.ollamaEndpoint ?? "", this.access.ollamaHeaders);
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

  /**
   * The effective value of a setting: transient, else persistent, else the default; `undefined` if unknown. The prefix
   * `ml:` stands for `plugins.ml_commons.`.
   */
  async setting(name: string): Promise<string | readonly string[] | undefined> {
    const { transient, persistent, defaults } = await this.settings();
    const key = name.startsWith("ml:") ? ML + name.slice(3) : name;
    return transient[key] ?? persistent[key] ?? defaults[key] ?? undefined;
  }

  model(): Promise<ModelDocument | undefined> {
    return this.#once("model", () => getModel(this.opensearch, this.access.modelId ?? ""));
  }

  /** The connector that the model really uses; if it names none, the stack's. */
  connector(): Promise<ConnectorDocument | undefined> {
    return this.#once("connector", async () => {
      const id = (await this.model())?.connectorId ?? this.access.connectorId;
      return id === undefined ? undefined : await getConnector(this.opensearch, id);
    });
  }

  /** The connector's predict action, with the URL that the server will call. */
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

  /** The folder of the stack's backend, if it is one on this machine. */
  backendFolder(): string | undefined {
    const folder = resolve(this.stack.folder ?? ".");
    return backendFolder({ environment: this.machine.environment, folder });
  }

  /** The stack's locks. `undefined` if the backend is not a local folder. */
  async stackLocks(): Promise<readonly Lock[] | undefined> {
    const folder = this.backendFolder();
    return folder === undefined ? undefined : await locksOf(folder, (await this.stackState()).name);
  }

  private get stack(): StackSelection {
    const { stack } = this.access;
    if (stack === undefined) throw new RangeError("no stack is read");
    return stack;
  }

  /** The Dockers of the stack, by its state; without a stack, the one of this machine's environment. */
  dockers(): Promise<readonly Docker[]> {
    return this.#once("dockers", async () => {
      const state = this.access.stack === undefined ? undefined : await this.stackState().catch(() => undefined);
      const [name, project] = state?.name.split("/").reverse() ?? [];
      const stack = state === undefined ? undefined : `${project}/${name}`;
      const named: readonly StackDocker[] = state?.dockers ?? [];
      const all: readonly StackDocker[] = named.length > 0 ? named : [{ address: this.machine.dockerHost }];
      return all.map(({ address, tls }) => ({
        address,
        machine: otherMachine(address),
        engine: dockerAt(address, tls),
        stack,
      }));
    });
  }

  /** The stack's containers in each of its Dockers; of a Docker that does not answer, the error. */
  containers(): Promise<readonly { readonly docker: Docker; readonly found: StackContainers | Error }[]> {
    return this.#once("containers", async () => {
      const looks = (await this.dockers()).map(async (docker) => {
        const found = docker.engine && stackContainers(docker.engine, this.access, docker);
        const answer = found?.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
        return answer === undefined ? [] : [{ docker, found: await answer }];
      });
      return (await Promise.all(looks)).flat();
    });
  }

  /** The container of a server, with its Docker, if one can be found. */
  async container(part: Part): Promise<{ readonly container: Container; readonly docker: Docker } | undefined> {
    for (const { docker, found } of await this.containers()) {
      const container = found instanceof Error ? undefined : found.containers[part];
      if (container !== undefined) return { container, docker };
    }
    return undefined;
  }

  #once<T>(key: string, look: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known !== undefined) return known as Promise<T>;
    const looking = look();
    this.#known.set(key, looking);
    return looking;
  }
}
