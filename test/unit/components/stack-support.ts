import type * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { type Registered, registeredBy } from "./mock-engine";

// What a stack is made of must not depend on this machine's Docker. Tests about it bring their own.
process.env.DOCKER_HOST = "unix:///nonexistent/docker.sock";

export const PASSWORD = "Str0ng-Passw0rd";
export const EXISTING = { endpoint: "https://search.example.com:9200", username: "ops", password: PASSWORD };
export const DOCKER = /^docker:/;

/** What a stack registers. Arguments that hold resources are made once the mock engine runs. */
export async function stackOf(
  args: OllamaChatStackArgs | (() => OllamaChatStackArgs),
  stack = "dev",
  options?: () => pulumi.ComponentResourceOptions,
) {
  const made = await registeredBy(
    () => new OllamaChatStack("chat", typeof args === "function" ? args() : args, options?.()),
    stack,
  );
  const of = (name: string): Registered => made.resources.get(name) ?? expect.unreachable(`${name} was not registered`);
  const types = Object.fromEntries([...made.resources.values()].map(({ name, type }) => [name, type]));
  return { ...made, of, types };
}

export const OURS = "pulumi-nodejs:dynamic/ollamachat:";

export const ML_OBJECTS = {
  "chat-ollama-model": `${OURS}OllamaModel`,
  "chat-settings": `${OURS}ClusterSetting`,
  "chat-group": `${OURS}ModelGroup`,
  "chat-connector": `${OURS}Connector`,
  "chat-model": `${OURS}DeployedModel`,
};
export const COMPONENT = { chat: "ollamachat:index:OllamaChatStack" };
export const OLLAMA_PARTS = {
  "chat-network": "docker:index/network:Network",
  "chat-ollama-volume": "docker:index/volume:Volume",
  "chat-ollama-image": "docker:index/remoteImage:RemoteImage",
  "chat-ollama": "docker:index/container:Container",
  "chat-ollama-health": `${OURS}ContainerHealth`,
};
export const OPENSEARCH_PARTS = {
  "chat-network": "docker:index/network:Network",
  "chat-opensearch-volume": "docker:index/volume:Volume",
  "chat-opensearch-image": "docker:index/remoteImage:RemoteImage",
  "chat-opensearch": "docker:index/container:Container",
  "chat-opensearch-health": `${OURS}ContainerHealth`,
  "chat-tls": `${OURS}TlsCertificate`,
  "chat-admin-tls": `${OURS}TlsCertificate`,
  "chat-admin-password": `${OURS}SecurityPassword`,
};

export const PREDICT_USER = {
  "chat-predict-role": `${OURS}SecurityRole`,
  "chat-predict-user": `${OURS}SecurityUser`,
};

export type Stack = Awaited<ReturnType<typeof stackOf>>;
