import * as pulumi from "@pulumi/pulumi";
import { AwsService } from "../providers/shared/connection";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import { authHeaders } from "../providers/shared/ollama-auth";
import type { OllamaBackend } from "./ollama-server";

/** The servers behind a chat stack, for components that build on it. */
export interface ChatBackend {
  /** How to reach OpenSearch. */
  readonly connection: ConnectionArgs;
  /** Resources that must exist before anything is created on OpenSearch: its container and its settings. */
  readonly opensearch: {
    /** Needed before the first call. */
    readonly dependsOn: pulumi.Resource[];
  };
  /** Ollama's addresses, and the resources that must exist before the first call. */
  readonly ollama: OllamaBackend;
  /** Hash of the settings that a model keeps from its deployment; see `DeployedModel.settingsRevision`. */
  readonly settingsRevision: pulumi.Output<string>;
}

/** The outputs of a chat stack: texts for the chat model, maps by alias for all models, and the list of nodes. */
export type ChatStackOutputs = Record<
  string,
  pulumi.Output<string> | pulumi.Output<Record<string, string>> | pulumi.Output<string[]>
>;

/**
 * Secrets and settings that clients of existing servers need besides the other outputs; nothing for a stack without them:
 * `ollamaHeaders`, and `opensearchAwsRegion`, `opensearchAwsService` and the keys, if the program gives them.
 */
export function gatewayOutputs({ connection, ollama }: ChatBackend): ChatStackOutputs {
  const headers = ollama.auth && { ollamaHeaders: pulumi.secret(pulumi.output(ollama.auth).apply(authHeaders)) };
  return { ...headers, ...awsOutputs(connection) };
}

function awsOutputs({ aws }: ConnectionArgs): ChatStackOutputs {
  if (aws === undefined) return {};
  const { region, service = AwsService.es, accessKeyId, secretAccessKey, sessionToken } = aws;
  const keys = Object.entries({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[`opensearchAws${name}`, pulumi.secret(value)] as const]));
  return {
    opensearchAwsRegion: pulumi.output(region),
    opensearchAwsService: pulumi.output(service),
    ...Object.fromEntries(keys),
  };
}
