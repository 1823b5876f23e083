import { z } from "zod";
import { OllamaServer } from "../../clients/ollama/server";
import type { AwsSigning } from "../../clients/opensearch/aws-signing";
import { checkWith } from "../../providers/shared/checking";
import { awsSigningSchema } from "../../providers/shared/connection";
import { authHeaders, OLLAMA_AUTH_VARIABLES, ollamaAuthSchema } from "../../providers/shared/ollama-auth";
import { CommandFailure, ExitCode } from "../failure";
import type { Access } from "./access";
import type { AccessFlags } from "./find-access";
import { asJson } from "./pulumi";
import type { StackOutputs } from "./stack-outputs";

/** The client for Ollama, if it is known. */
export function ollamaOf({ ollamaEndpoint, ollamaHeaders }: OllamaAccess): OllamaServer | undefined {
  return ollamaEndpoint === undefined ? undefined : new OllamaServer(ollamaEndpoint, ollamaHeaders);
}

/** Where Ollama is, and what its gateway asks for. */
export type OllamaAccess = Pick<Access, "ollamaEndpoint" | "ollamaHeaders">;

/**
 * Headers for the gateway in front of Ollama: from the variables, else the stack's. A stack's headers are secrets, so
 * they are never sent to another server.
 */
export function ollamaHeadersOf(
  outputs: StackOutputs | undefined,
  given: AccessFlags,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> | undefined {
  const set = Object.entries(OLLAMA_AUTH_VARIABLES).flatMap(([member, variable]) => {
    const text = environment[variable];
    return text ? [[member, member === "headers" ? (asJson(text) ?? text) : text] as const] : [];
  });
  if (set.length === 0) return given.ollama === undefined ? outputs?.ollamaHeaders : undefined;
  const auth = Object.fromEntries(set);
  const parsed = ollamaAuthSchema.safeParse(auth);
  if (parsed.success) return authHeaders(parsed.data);
  const variables = Object.values(OLLAMA_AUTH_VARIABLES).filter((variable) => environment[variable]);
  // Below the name "auth", no value is repeated.
  throw refused(checkWith(z.object({ auth: ollamaAuthSchema }), { auth }), variables, "Ollama's gateway");
}

/** How to sign requests to OpenSearch: from flags and variables, else the stack's. Keys given there come from AWS's chain. */
export function awsOf(outputs: StackOutputs | undefined, given: AccessFlags): AwsSigning | undefined {
  const { awsRegion, awsService: service, username } = given;
  if (awsRegion === undefined && service === undefined) return username === undefined ? awsOutputs(outputs) : undefined;
  const aws = { region: awsRegion, ...(service === undefined ? {} : { service }) };
  const failures = checkWith(awsSigningSchema, aws);
  if (username !== undefined)
    failures.push({ property: "", reason: "give either --aws-region or --username, not both" });
  if (failures.length > 0 || awsRegion === undefined) throw refused(failures, AWS_FLAGS, "AWS's signature");
  return { ...aws, region: awsRegion };
}

const AWS_FLAGS = [
  "--aws-region (OLLAMA_CHAT_OPENSEARCH_AWS_REGION)",
  "--aws-service (OLLAMA_CHAT_OPENSEARCH_AWS_SERVICE)",
];

function awsOutputs(outputs: StackOutputs | undefined): AwsSigning | undefined {
  if (!outputs?.opensearchAwsRegion) return undefined;
  return {
    region: outputs.opensearchAwsRegion,
    service: outputs.opensearchAwsService,
    accessKeyId: outputs.opensearchAwsAccessKeyId,
    secretAccessKey: outputs.opensearchAwsSecretAccessKey,
    sessionToken: outputs.opensearchAwsSessionToken,
  };
}

function refused(failures: readonly { readonly reason: string }[], from: readonly string[], what: string) {
  return new CommandFailure(ExitCode.usage, {
    what: `What is given for ${what} cannot be used: ${failures.map(({ reason }) => reason).join("; ")}.`,
    cause: `It comes from ${from.join(", ")}.`,
    fix: "Correct it; docs/cli.md lists the variables and what each holds.",
  });
}
