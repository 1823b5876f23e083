import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import type { OllamaAuthArgs } from "../providers/shared/ollama-auth-args";
import type { RunningArgs } from "./running";
import type { Transforms } from "./transforms";

/** The OpenSearch of a chat stack: started in Docker, or an existing one. */
export interface OpenSearchArgs extends RunningArgs {
  /** Connection to an existing cluster. The stack then starts no OpenSearch. */
  existing?: ConnectionArgs;
  /**
   * Image to run, by tag, or by digest as in `opensearchproject/opensearch@sha256:…`. A change replaces the container and
   * keeps the data.
   * @default "opensearchproject/opensearch:3.6.0"
   */
  image?: pulumi.Input<string>;
  /**
   * Java heap of each node, as in `-Xmx`. It must fit into `memory`, or else into the Docker host's memory. Half of it is a good choice.
   * @default "1g"
   */
  heap?: string;
  /**
   * Number of nodes, 1 or 3. Three form one cluster, which goes on when one of them is lost: each in its own container, with
   * its own volume and certificate. A change of image or heap replaces one after the other, and waits for a green cluster
   * in between. Three can't become one again.
   * @default 1
   */
  nodes?: number;
  /**
   * Port on the host. Further nodes have the ports after it.
   * @default 9200
   */
  port?: number;
  /**
   * Docker provider of the host that OpenSearch runs on, if it is not the stack's.
   * @default the stack's
   */
  docker?: docker.Provider;
  /**
   * Name or IP address under which the host of OpenSearch's port is reached from where Pulumi runs.
   * @default the stack's `hostname`; with a `docker` of its own, what follows from that provider and from `publishAddress`
   */
  hostname?: pulumi.Input<string>;
  /**
   * Address of its host on which OpenSearch's port is published.
   * @default the stack's `publishAddress`; with a `docker` of its own "127.0.0.1", which another machine cannot reach
   */
  publishAddress?: string;
  /**
   * Password of the user `admin`, required unless `existing` is given. OpenSearch asks for 8 to 100 ASCII characters with
   * upper and lower case, a digit and a special character, hard to guess (a zxcvbn score of 3), and without the name `admin`.
   * The preview checks this. Changed later, it is set on the running cluster; the container stays.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Keep the data volume when the stack is destroyed.
   * @default false
   */
  retainData?: boolean;
  /**
   * Make a user who may ask the models and nothing else, for those who call `predictUrl`: the outputs `predictUsername` and
   * `predictPassword`. On an existing cluster, the user of its connection must be allowed to use the security plugin's API.
   * @default true; false with `existing`
   */
  predictUser?: boolean;
}

/** An existing Ollama server. */
export interface ExistingOllamaArgs {
  /**
   * Base URL as this machine reaches it, for example `http://localhost:11434` or `https://gw.example.com/ollama`. Required
   * unless `endpoints` is given.
   */
  endpoint?: pulumi.Input<string>;
  /**
   * Several servers instead, as this machine reaches them, over plain HTTP and without a path. The stack starts a proxy
   * before them and pulls the models on each.
   */
  endpoints?: pulumi.Input<string>[];
  /**
   * What a gateway in front of it asks for. Used from this machine and, as the connectors' credential, by OpenSearch.
   * @default nothing
   */
  auth?: OllamaAuthArgs;
}

/** The Ollama of a chat stack: started in Docker, or an existing one. */
export interface OllamaArgs extends RunningArgs {
  /** An existing Ollama server. The stack then starts none. */
  existing?: ExistingOllamaArgs;
  /**
   * Number of containers to run. From 2 on a proxy stands before them: it has the port and the name, asks only those that
   * answer, and gives each question to the one with the fewest. The models are pulled on each.
   * @default 1
   */
  replicas?: number;
  /**
   * Image of that proxy, HAProxy 2.6 or later with a shell (no `alpine`).
   * @default "haproxy:3.2.4"
   */
  proxyImage?: pulumi.Input<string>;
  /**
   * Base URL of Ollama as OpenSearch reaches it.
   * @default the container's alias, or its published port if OpenSearch has another Docker; for an existing server its
   * endpoint, with localhost rewritten to the host's gateway where OpenSearch runs in a container of this stack
   */
  endpointForOpenSearch?: pulumi.Input<string>;
  /**
   * Image to run, by tag, or by digest as in `ollama/ollama@sha256:…`. A change replaces the container and keeps the models.
   * @default "ollama/ollama:0.17.4"
   */
  image?: pulumi.Input<string>;
  /**
   * Port on the host.
   * @default 11434
   */
  port?: number;
  /**
   * Docker provider of the host that Ollama runs on, if it is not the stack's.
   * @default the stack's
   */
  docker?: docker.Provider;
  /**
   * Name or IP address under which the host of Ollama's port is reached from where Pulumi runs.
   * @default the stack's `hostname`; with a `docker` of its own, what follows from that provider and from `publishAddress`
   */
  hostname?: pulumi.Input<string>;
  /**
   * Address of its host on which Ollama's port is published.
   * @default the stack's `publishAddress`; with a `docker` of its own "127.0.0.1", which another machine cannot reach
   */
  publishAddress?: string;
  /**
   * GPUs of the container: `all`, a number of them, or `device=0,2`. Needs the NVIDIA container toolkit;
   * the preview asks Docker for its runtime, where it can.
   * @default none
   */
  gpus?: string;
  /**
   * Whether the container's file system is read-only, except for its volume and `/tmp`. OpenSearch has no such argument:
   * its image writes its configuration when it starts.
   * @default true; false with `gpus`, whose runtime writes to it
   */
  readOnlyRoot?: boolean;
  /**
   * How long a model stays in memory after an answer: `30m`, a whole number of seconds, or `-1` for ever. With api
   * `openai` this works only for an Ollama that the stack starts.
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

/** One of several models of a chat stack. Whatever is left out comes from the stack's own arguments. */
export interface ChatModelArgs {
  /** Ollama's name and tag. */
  name: pulumi.Input<string>;
  /**
   * The name that outputs such as `modelIds` and `ollama-chat ask --model` use. Required if `name` is an output.
   * @default the name
   */
  alias?: string;
  /**
   * `generate`, `chat` or `openai` (see `ChatApi`).
   * @default the stack's
   */
  api?: string;
  /**
   * Ollama's options for every answer. They replace the stack's options as a whole.
   * @default the stack's
   */
  modelOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * How long OpenSearch waits for an answer, in seconds.
   * @default the stack's
   */
  readTimeoutSeconds?: pulumi.Input<number>;
  /**
   * How long the model stays in memory after an answer. Not with api `openai`, which has no such field.
   * @default the stack's `ollama.keepAlive`
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * `false`: pull the model into Ollama without registering it in OpenSearch.
   * @default true
   */
  deploy?: boolean;
}

/** Arguments of an `OllamaChatStack`. Only `opensearch.adminPassword` is required, and not with an existing OpenSearch. */
export interface OllamaChatStackArgs {
  /**
   * The chat model, by Ollama's name and tag. The outputs `chatModel`, `connectorId`, `modelId` and `predictUrl` describe
   * this one.
   * @default the first of `models`, else "smollm2:135m"
   */
  model?: pulumi.Input<string>;
  /**
   * Further models. Each gets its own connector and deployed model in the stack's model group. A plain name stands for a
   * model with the stack's `api` and options.
   * @default none
   */
  models?: (string | ChatModelArgs)[];
  /**
   * `generate`, `chat` or `openai` (see `ChatApi`).
   * @default "generate"
   */
  api?: string;
  /**
   * Ollama's options for every answer, such as `{ num_predict: 256 }`. Api `openai` accepts only those with a counterpart in
   * OpenAI's API: `num_predict`, `temperature`, `top_p`, `seed`, `stop`, `presence_penalty`, `frequency_penalty`. Default:
   * the model's own.
   */
  modelOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * How long OpenSearch waits for the model's answer, in seconds.
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
   * Address of the Docker host on which ports are published. Endpoints and OpenSearch's certificate follow it: without a
   * `hostname`, clients on this machine use `localhost` for 127.0.0.1 and 0.0.0.0, `[::1]` for ::, and any other address
   * as it is. If Docker runs on another machine, it must be an address that is reached from here.
   * @default "127.0.0.1"
   */
  publishAddress?: string;
  /**
   * Name or IP address under which the Docker host is reached from where Pulumi runs. Endpoints, outputs and OpenSearch's
   * certificate have it. With `localhost`, ports that another machine publishes on 127.0.0.1 can be forwarded to this one.
   * @default this machine's as `publishAddress` says; another machine's `publishAddress`, or for 0.0.0.0 its name in the
   * Docker provider's `host`
   */
  hostname?: pulumi.Input<string>;
  /** Hooks that change the arguments of children. */
  transform?: Transforms;
}
