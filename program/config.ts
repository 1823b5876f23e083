import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ADMIN } from "../components/admin-user";
import type { ExistingOllamaArgs, OllamaChatStackArgs } from "../components/args";
import { adminPasswordRule, weakness } from "../components/password-strength";
import type { Part } from "../components/places";
import type { OllamaRagStackArgs } from "../components/rag-args";
import type { RunningArgs } from "../components/running";
import { isSecretName, sentence } from "../providers/shared/checking";
import { endpointSchema } from "../providers/shared/connection";
import type { AwsSigningArgs } from "../providers/shared/connection-args";
import { isUsername, usernameRule } from "../providers/shared/values";
import type { DockerHosts } from "./ports";

/**
 * The stack's configuration as arguments of the component. Pulumi.yaml lists the keys with their types.
 *
 * @throws pulumi.RunError naming key, value and what is allowed.
 */
export function readConfig(): OllamaChatStackArgs {
  const config = new pulumi.Config();
  const text = (key: string) => config.get(key) || undefined;
  const number = (key: string) => numberIn(config, key);
  const endpoint = (key: string) => {
    const value = text(key);
    const parsed = endpointSchema.optional().safeParse(value);
    if (!parsed.success) throw new pulumi.RunError(sentence([key], value, parsed.error.issues[0]?.message ?? ""));
    return parsed.data;
  };
  const providers = dockerProviders(readDockerHosts());
  requireEndpoint(config, "ollamaEndpoint", ["ollamaToken", "ollamaUsername", "ollamaPassword", "ollamaHeaders"]);
  requireEndpoint(config, "opensearchEndpoint", Object.keys(AWS_KEYS));
  const openSearchEndpoint = endpoint("opensearchEndpoint");
  const ollamaEndpoint = endpoint("ollamaEndpoint");
  return {
    model: required(config, "model", "must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag"),
    models: config.getObject<OllamaChatStackArgs["models"]>("models"),
    api: text("api"),
    modelOptions: config.getObject<Record<string, unknown>>("modelOptions"),
    readTimeoutSeconds: number("readTimeoutSeconds"),
    publishAddress: text("publishAddress"),
    hostname: text("hostname"),
    opensearch: {
      existing: openSearchEndpoint === undefined ? undefined : existingCluster(config, openSearchEndpoint),
      docker: providers.opensearch,
      hostname: text("opensearchHostname"),
      publishAddress: text("opensearchPublishAddress"),
      image: text("opensearchImage"),
      port: number("opensearchPort"),
      nodes: number("opensearchNodes"),
      heap: text("opensearchHeap"),
      adminPassword: openSearchEndpoint === undefined ? adminPassword(config) : undefined,
      retainData: config.getBoolean("opensearchRetainData"),
      predictUser: booleanOrEmpty(config, "opensearchPredictUser"),
      ...running(config, "opensearch"),
    },
    ollama: {
      existing: existingOllama(config, ollamaEndpoint),
      replicas: replicasIn(config),
      proxyImage: text("ollamaProxyImage"),
      endpointForOpenSearch: endpoint("ollamaEndpointForOpensearch"),
      docker: providers.ollama,
      hostname: text("ollamaHostname"),
      publishAddress: text("ollamaPublishAddress"),
      image: text("ollamaImage"),
      port: number("ollamaPort"),
      gpus: text("ollamaGpus"),
      readOnlyRoot: booleanOrEmpty(config, "ollamaReadOnlyRoot"),
      keepAlive: text("ollamaKeepAlive"),
      retainModels: config.getBoolean("ollamaRetainModels"),
      ...running(config, "ollama"),
    },
  };
}

/** How a server's container runs. */
function running(config: pulumi.Config, server: "opensearch" | "ollama"): RunningArgs {
  const text = (key: string) => config.get(`${server}${key}`) || undefined;
  return {
    memory: text("Memory"),
    cpus: numberIn(config, `${server}Cpus`),
    log: config.getObject<RunningArgs["log"]>(`${server}Log`),
    restart: text("Restart"),
    volume: text("Volume"),
  };
}

/** Addresses of the Dockers of servers that do not run in the stack's. */
export function readDockerHosts(): DockerHosts {
  const config = new pulumi.Config();
  const host = (key: string) => {
    const value = config.get(key) || undefined;
    if (value === undefined || /^[a-z]+:\/\/\S+$/.test(value)) return value;
    throw new pulumi.RunError(
      sentence([key], value, "must be an address as in DOCKER_HOST, such as ssh://me@gpu-box or tcp://gpu-box:2375"),
    );
  };
  return { opensearch: host("opensearchDockerHost"), ollama: host("ollamaDockerHost") };
}

/** Servers with the same Docker share its provider, and so a network. */
function dockerProviders({ opensearch, ollama }: DockerHosts): Partial<Record<Part, docker.Provider>> {
  const provider = (name: string, host: string | undefined) =>
    host === undefined ? undefined : new docker.Provider(name, { host });
  const first = provider("opensearch-docker", opensearch);
  return { opensearch: first, ollama: ollama === opensearch ? first : provider("ollama-docker", ollama) };
}

/** The configuration of retrieval; `undefined` if it is off. */
export function readRagConfig(): Pick<OllamaRagStackArgs, "embeddingModel" | "dimension"> | undefined {
  const config = new pulumi.Config();
  if (config.getBoolean("rag") !== true) return undefined;
  return {
    embeddingModel: config.get("embeddingModel") || undefined,
    dimension: numberIn(config, "embeddingDimension") || undefined,
  };
}

/** Stricter than Pulumi, which reads 9200 from `9200 or so` and 1 from `1,000`. */
function numberIn(config: pulumi.Config, key: string): number | undefined {
  const text = config.get(key);
  if (text === undefined || text === "") return undefined;
  if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text);
  throw new pulumi.RunError(`${config.name}:${sentence([key], text, "must be a number")}`);
}

/** What is empty by default, since the default depends on other keys. */
function booleanOrEmpty(config: pulumi.Config, key: string): boolean | undefined {
  const text = config.get(key);
  if (text === undefined || text === "") return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new pulumi.RunError(`${config.name}:${sentence([key], text, "must be true or false")}`);
}

function required(config: pulumi.Config, key: string, rule: string): string {
  const value = config.get(key);
  if (value) return value;
  throw new pulumi.RunError(sentence([key], value, rule));
}

/** Keys that only mean something for a server that exists are refused without one. */
function requireEndpoint(config: pulumi.Config, endpoint: string, keys: readonly string[]): void {
  if (config.get(endpoint)) return;
  // An object that is left at its default is an empty one.
  const key = keys.find((one) => !["", "{}"].includes(config.get(one) ?? ""));
  if (key === undefined) return;
  throw new pulumi.RunError(`${key} is set: needs ${endpoint}, since only a server that runs already asks for it`);
}

function existingCluster(config: pulumi.Config, endpoint: string) {
  const username = config.get("opensearchUsername") || undefined;
  if (username !== undefined && !isUsername(username)) {
    throw new pulumi.RunError(sentence(["opensearchUsername"], username, usernameRule));
  }
  const password = config.get("opensearchPassword");
  if (username !== undefined && !password) throw passwordMissing(`of the user ${username} on ${endpoint}`);
  return {
    endpoint,
    username,
    password: username === undefined ? undefined : pulumi.secret(password ?? ""),
    ...awsSigning(config),
    caCertificateFile: config.get("opensearchCaCertificateFile") || undefined,
    skipTlsVerify: config.getBoolean("opensearchSkipTlsVerify") || undefined,
  };
}

const AWS_KEYS = {
  opensearchAwsRegion: "region",
  opensearchAwsService: "service",
  opensearchAwsAccessKeyId: "accessKeyId",
  opensearchAwsSecretAccessKey: "secretAccessKey",
  opensearchAwsSessionToken: "sessionToken",
} as const satisfies Record<string, keyof AwsSigningArgs>;

/** The resources check it. */
function awsSigning(config: pulumi.Config): { aws?: AwsSigningArgs } {
  const given = Object.entries(AWS_KEYS).flatMap(([key, name]) => {
    const value = config.get(key);
    return value ? [[name, isSecretName(name) ? pulumi.secret(value) : value] as const] : [];
  });
  if (given.length === 0) return {};
  return { aws: { region: config.get("opensearchAwsRegion") ?? "", ...Object.fromEntries(given) } };
}

/** 1 is the default, also for servers that exist. */
function replicasIn(config: pulumi.Config): number | undefined {
  const replicas = numberIn(config, "ollamaReplicas");
  return replicas === 1 ? undefined : replicas;
}

function existingOllama(config: pulumi.Config, endpoint: string | undefined): ExistingOllamaArgs | undefined {
  const endpoints = config.getObject<string[]>("ollamaEndpoints");
  const several = Array.isArray(endpoints) && endpoints.length === 0 ? undefined : endpoints;
  if (several !== undefined) return { endpoints: several, ...(endpoint === undefined ? {} : { endpoint }) };
  if (endpoint === undefined) return undefined;
  const secret = (key: string) => {
    const value = config.get(key);
    return value ? pulumi.secret(value) : undefined;
  };
  const headers = config.getObject<Record<string, string>>("ollamaHeaders");
  const given = {
    token: secret("ollamaToken"),
    username: config.get("ollamaUsername") || undefined,
    password: secret("ollamaPassword"),
    headers: headers && Object.keys(headers).length > 0 ? headers : undefined,
  };
  const auth = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return Object.keys(auth).length === 0 ? { endpoint } : { endpoint, auth };
}

function adminPassword(config: pulumi.Config): pulumi.Output<string> {
  const password = config.get("opensearchPassword");
  if (!password) throw passwordMissing(`for OpenSearch's user ${ADMIN}`);
  const reason = weakness(password);
  if (reason !== undefined) {
    throw new pulumi.RunError(`opensearchPassword can't be used: ${reason}. ${adminPasswordRule}`);
  }
  return pulumi.secret(password);
}

function passwordMissing(whose: string): pulumi.RunError {
  return new pulumi.RunError(
    `opensearchPassword is missing: the password ${whose}. Set it with\n  pulumi config set --secret opensearchPassword 'Your-0wn-Passw0rd'`,
  );
}
