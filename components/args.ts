import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterSettingArgs } from "../providers/cluster-setting/resource";
import type { ConnectorArgs } from "../providers/connector/resource";
import type { ContainerHealthArgs } from "../providers/container-health/resource";
import type { DeployedModelArgs } from "../providers/deployed-model/resource";
import type { ModelGroupArgs } from "../providers/model-group/resource";
import type { OllamaModelArgs } from "../providers/ollama-model/resource";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import type { TlsCertificateArgs } from "../providers/tls-certificate/resource";

/** OpenSearch of a chat stack: one to start in Docker, or one that exists. */
export interface OpenSearchArgs {
  /** A cluster that runs already; then nothing of OpenSearch is started here. */
  existing?: ConnectionArgs;
  /**
   * Image to run.
   * @default "opensearchproject/opensearch:3.6.0"
   */
  image?: pulumi.Input<string>;
  /**
   * Java heap, as in `-Xmx`.
   * @default "1g"
   */
  heap?: string;
  /**
   * Port on the host.
   * @default 9200
   */
  port?: number;
  /**
   * Password of the user `admin`, required unless `existing` is given. OpenSearch wants 8 to 100 ASCII characters, with
   * upper and lower case, a digit and a special character, hard to guess (a zxcvbn score of 3), and without the name `admin`;
   * that is checked in the preview. It takes the password only at the first boot of an empty volume.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Keep the data volume when the stack is destroyed.
   * @default false
   */
  retainData?: boolean;
}

/** An Ollama server that runs already. */
export interface ExistingOllamaArgs {
  /** Base URL as this machine reaches it, for example `http://localhost:11434`. */
  endpoint: pulumi.Input<string>;
}

/** Ollama of a chat stack: one to start in Docker, or one that exists. */
export interface OllamaArgs {
  /** An Ollama server that runs already; then none is started here. */
  existing?: ExistingOllamaArgs;
  /**
   * Base URL of Ollama as OpenSearch reaches it.
   * @default the container's alias; for an existing server its endpoint, with localhost rewritten to the host's
   * gateway where OpenSearch runs in a container of this stack
   */
  endpointForOpenSearch?: pulumi.Input<string>;
  /**
   * Image to run.
   * @default "ollama/ollama:0.17.4"
   */
  image?: pulumi.Input<string>;
  /**
   * Port on the host.
   * @default 11434
   */
  port?: number;
  /**
   * GPUs of the container: `all`, a number of them, or `device=0,2`. Needs the NVIDIA container toolkit.
   * @default none
   */
  gpus?: string;
  /**
   * How long a model stays in memory after an answer: `30m`, a whole number of seconds, or `-1` for ever. With api
   * `openai` only for an Ollama that is started here.
   * @default Ollama's, 5 minutes
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * Keep the volume with the pulled models when the stack is destroyed.
   * @default false
   */
  retainModels?: boolean;
}

/** How long a chat stack waits for its parts, in seconds. */
export interface ReadinessArgs {
  /** Longest wait for OpenSearch's container to be healthy. Default: 300. */
  openSearchSeconds?: number;
  /** Longest wait for Ollama's container to be healthy. Default: 120. */
  ollamaSeconds?: number;
  /** Longest wait for a model to be pulled. Default: 1800. */
  pullSeconds?: number;
  /** Longest wait for the deployed model's first answer. Default: 300. */
  modelSeconds?: number;
}

/** Changes the arguments of one child just before it is made, for everything that has no argument of its own. */
export interface Transforms {
  /** The Docker network. */
  network?: (args: docker.NetworkArgs) => docker.NetworkArgs;
  /** Each Docker volume. */
  volume?: (args: docker.VolumeArgs) => docker.VolumeArgs;
  /** Ollama's container. */
  ollamaContainer?: (args: docker.ContainerArgs) => docker.ContainerArgs;
  /** OpenSearch's container. */
  openSearchContainer?: (args: docker.ContainerArgs) => docker.ContainerArgs;
  /** The wait for each container. */
  containerHealth?: (args: ContainerHealthArgs) => ContainerHealthArgs;
  /** The certificate of OpenSearch's container. */
  tlsCertificate?: (args: TlsCertificateArgs) => TlsCertificateArgs;
  /** Each model in Ollama. */
  ollamaModel?: (args: OllamaModelArgs) => OllamaModelArgs;
  /** The cluster settings. */
  clusterSetting?: (args: ClusterSettingArgs) => ClusterSettingArgs;
  /** The model group. */
  modelGroup?: (args: ModelGroupArgs) => ModelGroupArgs;
  /** The connector of each chat model; `alias` says of which, empty for a `model` that is an output. */
  connector?: (args: ConnectorArgs, alias: string) => ConnectorArgs;
  /** Each deployed chat model; `alias` says which. */
  deployedModel?: (args: DeployedModelArgs, alias: string) => DeployedModelArgs;
}

/** One of several models of a chat stack. What is left out is as the stack's own arguments say. */
export interface ChatModelArgs {
  /** Ollama's name and tag. */
  name: pulumi.Input<string>;
  /**
   * What the outputs `modelIds` and `predictUrls` and `ollama-chat ask --model` call it. Needed where the name is an output.
   * @default the name
   */
  alias?: string;
  /**
   * `generate`, `chat` or `openai` (see `ChatApi`).
   * @default the stack's
   */
  api?: string;
  /**
   * Ollama's options for every answer; they take the place of the stack's as a whole.
   * @default the stack's
   */
  modelOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * Longest wait of OpenSearch for an answer, in seconds.
   * @default the stack's
   */
  readTimeoutSeconds?: pulumi.Input<number>;
  /**
   * How long the model stays in memory after an answer; not with api `openai`, which has no word for it.
   * @default the stack's `ollama.keepAlive`
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * `false`: have the model in Ollama, and do not register it in OpenSearch.
   * @default true
   */
  deploy?: boolean;
}

/** What an `OllamaChatStack` is made of. Everything has a default but the password of an OpenSearch it starts. */
export interface OllamaChatStackArgs {
  /**
   * The chat model, by Ollama's name and tag: the one of the flat outputs `chatModel`, `connectorId`, `modelId` and
   * `predictUrl`.
   * @default the first of `models`, else "smollm2:135m"
   */
  model?: pulumi.Input<string>;
  /**
   * Further models, each with a connector and a deployed model of its own in the one model group. A text is a model with
   * the stack's `api` and options.
   * @default none
   */
  models?: (string | ChatModelArgs)[];
  /**
   * `generate`, `chat` or `openai` (see `ChatApi`).
   * @default "generate"
   */
  api?: string;
  /**
   * Ollama's options for every answer, such as `{ num_predict: 256 }`. With api `openai` those that OpenAI's form has a
   * word for: `num_predict`, `temperature`, `top_p`, `seed`, `stop`, `presence_penalty`, `frequency_penalty`. Default: the
   * model's own.
   */
  modelOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * Longest wait of OpenSearch for an answer of the model, in seconds.
   * @default 300
   */
  readTimeoutSeconds?: pulumi.Input<number>;
  /** OpenSearch. Default: one in Docker, which needs `adminPassword`. */
  opensearch?: OpenSearchArgs;
  /** Ollama. Default: one in Docker. */
  ollama?: OllamaArgs;
  /** Further cluster settings, by flat key. Default: none. */
  settings?: Record<string, unknown>;
  /** Time limits. */
  readiness?: ReadinessArgs;
  /**
   * Address of the host on which ports are published. Endpoints and the certificate of OpenSearch follow: clients on this
   * machine take `localhost` for 127.0.0.1 and 0.0.0.0, `[::1]` for ::, and any other address as it is.
   * @default "127.0.0.1"
   */
  publishAddress?: string;
  /** Changes to the children, for what has no argument here. */
  transform?: Transforms;
}
