import type { Command } from "commander";
import { shownVariable } from "../../clients/credentials";
import { type Connection, isPem, PASSWORD_OVERRIDE } from "../../clients/opensearch/connect";
import { CHAT_APIS, ChatApi } from "../../providers/connector/chat-api";
import { baseUrlProblem, normalUrl } from "../../providers/shared/base-url";
import { sentence } from "../../providers/shared/checking";
import { isUsername, usernameRule } from "../../providers/shared/values";
import { CommandFailure, ExitCode } from "../failure";
import { bytesOf } from "../read-text";
import type { Access } from "./access";
import { awsOf, ollamaHeadersOf } from "./gateways";
import type { StackSelection } from "./pulumi";
import { readStackOutputs, type StackOutputs } from "./stack-outputs";

/** The flags that name servers and objects; every command has them. */
export interface AccessFlags {
  readonly stack?: string;
  readonly cwd?: string;
  readonly opensearch?: string;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly caFile?: string;
  readonly skipTlsVerify?: boolean;
  readonly awsRegion?: string;
  readonly awsService?: string;
  readonly ollama?: string;
  readonly modelId?: string;
  readonly api?: string;
  readonly model?: string;
  readonly ragIndex?: string;
  readonly embeddingModelId?: string;
}

/** Variables that stand for flags. The flag wins. */
export const VARIABLES = {
  stack: "OLLAMA_CHAT_STACK",
  cwd: "OLLAMA_CHAT_CWD",
  opensearch: "OLLAMA_CHAT_OPENSEARCH_ENDPOINT",
  username: "OLLAMA_CHAT_OPENSEARCH_USERNAME",
  caFile: "OLLAMA_CHAT_OPENSEARCH_CA_CERTIFICATE_FILE",
  awsRegion: "OLLAMA_CHAT_OPENSEARCH_AWS_REGION",
  awsService: "OLLAMA_CHAT_OPENSEARCH_AWS_SERVICE",
  ollama: "OLLAMA_CHAT_OLLAMA_ENDPOINT",
  modelId: "OLLAMA_CHAT_MODEL_ID",
  api: "OLLAMA_CHAT_API",
  model: "OLLAMA_CHAT_MODEL",
  ragIndex: "OLLAMA_CHAT_RAG_INDEX",
  embeddingModelId: "OLLAMA_CHAT_EMBEDDING_MODEL_ID",
} as const satisfies Partial<Record<keyof AccessFlags, string>>;

/**
 * Holds OpenSearch's password, unless --password-env names another variable. It wins over the password in the stack's
 * outputs, as it does in `pulumi`.
 */
export const DEFAULT_PASSWORD_VARIABLE = PASSWORD_OVERRIDE;

/**
 * Finds servers and objects. Flags win over variables, and variables over a stack's outputs. The stack is only read if it
 * is named, or if nothing else names a server. OpenSearch's endpoint, user and password come from the same source, so a
 * stack's password is never sent to another server. The TLS flags also apply to a stack's server.
 */
export async function findAccess(flags: AccessFlags, environment = process.env): Promise<Access> {
  const given = withVariables(flags, environment);
  validate(given);
  const stack = stackOf(given);
  const outputs = stack && (await readStackOutputs(stack, isNamed(given), environment));
  const opensearch =
    given.opensearch === undefined ? connectionOf(outputs, given, environment) : givenConnection(given, environment);
  return {
    source: stack === undefined ? "flags and environment" : stackName(stack),
    stack,
    opensearch,
    asker: askerOf(opensearch, outputs, given, environment),
    ollamaEndpoint: endpointOf("ollamaEndpoint", given.ollama ?? outputs?.ollamaEndpoint),
    ollamaHeaders: ollamaHeadersOf(outputs, given, environment),
    ...modelOf(outputs, given),
    aliases: outputs?.modelIds && Object.keys(outputs.modelIds),
    modelGroupId: known(outputs?.modelGroupId),
    ragIndex: given.ragIndex ?? known(outputs?.ragIndex),
    embeddingModel: known(outputs?.embeddingModel),
    embeddingModelId: given.embeddingModelId ?? known(outputs?.embeddingModelId),
  };
}

/**
 * The model to ask: the stack's model with that alias, or the stack's first model if none is named. Any other name is a
 * model in Ollama without a counterpart on OpenSearch.
 */
function modelOf(
  outputs: StackOutputs | undefined,
  { model, modelId, api }: AccessFlags,
): Pick<Access, "chatModel" | "api" | "connectorId" | "modelId"> {
  const first = {
    chatModel: known(outputs?.chatModel),
    api: known(outputs?.api),
    connectorId: known(outputs?.connectorId),
    modelId: known(outputs?.modelId),
  };
  const of = (alias: string) => ({
    chatModel: outputs?.chatModels?.[alias] ?? alias,
    api: outputs?.apis?.[alias],
    connectorId: outputs?.connectorIds?.[alias],
    modelId: outputs?.modelIds?.[alias],
  });
  const meant = model === undefined || (model === first.chatModel && !outputs?.modelIds?.[model]) ? first : of(model);
  return { ...meant, api: api ?? meant.api ?? ChatApi.generate, modelId: modelId ?? meant.modelId };
}

/** The stack that a command reads with these flags and variables, if any. */
export function stackToRead(flags: AccessFlags, environment: NodeJS.ProcessEnv): StackSelection | undefined {
  return stackOf(withVariables(flags, environment));
}

function stackOf({ stack, cwd: folder, opensearch, ollama }: AccessFlags): StackSelection | undefined {
  return stack !== undefined || !isNamed({ opensearch, ollama }) ? { stack, folder } : undefined;
}

function isNamed({ opensearch, ollama }: AccessFlags): boolean {
  return opensearch !== undefined || ollama !== undefined;
}

function withVariables(flags: AccessFlags, environment: NodeJS.ProcessEnv): AccessFlags {
  const variables = Object.entries(VARIABLES).map(([flag, name]) => [flag, environment[name] || undefined]);
  const set = Object.entries(flags).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(variables), ...Object.fromEntries(set) };
}

/** A name or id in OpenSearch, Ollama and other model servers. */
const NAME = /^[^\s\p{C}]+$/u;
const NAME_RULE = "must be a name without blanks or line ends";
const nameProblem = (name: string) => (NAME.test(name) ? undefined : NAME_RULE);
const API_RULE = `must be one of ${CHAT_APIS.join(", ")}`;

/** How some of the flags are validated. The others are used as given. */
const RULES = [
  { key: "opensearch", flag: "--opensearch", problem: baseUrlProblem },
  { key: "ollama", flag: "--ollama", problem: baseUrlProblem },
  { key: "username", flag: "--username", problem: (name: string) => (isUsername(name) ? undefined : usernameRule) },
  { key: "api", flag: "--api", problem: (api: string) => (CHAT_APIS.includes(api) ? undefined : API_RULE) },
  { key: "model", flag: "--model", problem: nameProblem },
  { key: "modelId", flag: "--model-id", problem: nameProblem },
  { key: "embeddingModelId", flag: "--embedding-model-id", problem: nameProblem },
] as const;

function validate(given: AccessFlags): void {
  for (const { key, flag, problem } of RULES) {
    const value = given[key];
    const rule = value === undefined ? undefined : problem(value);
    if (rule === undefined) continue;
    throw new CommandFailure(ExitCode.usage, {
      what: `${sentence([flag], value, rule)}.`,
      cause: `The flag ${flag}, or the variable ${VARIABLES[key]}, says so.`,
      fix: "Correct it; ollama-chat --help shows all of them.",
    });
  }
}

function stackName({ stack }: StackSelection): string {
  return stack === undefined ? "the selected stack" : `stack ${stack}`;
}

function connectionOf(
  outputs: StackOutputs | undefined,
  given: AccessFlags,
  environment: NodeJS.ProcessEnv,
): Connection | undefined {
  const endpoint = endpointOf("opensearchEndpoint", outputs?.opensearchEndpoint);
  if (endpoint === undefined) return undefined;
  const own = known(outputs?.opensearchUsername);
  const username = given.username ?? own;
  const stored = username === own ? known(outputs?.opensearchPassword) : undefined;
  const password = username && (givenPassword(given, environment) ?? stored);
  if (given.username !== undefined && password === undefined) throw noPassword(DEFAULT_PASSWORD_VARIABLE, username);
  const caCertificate = authorityOf(given) ?? known(outputs?.opensearchCaCertificate);
  const endpoints = (outputs?.opensearchEndpoints ?? []).filter((each) => each !== endpoint);
  const others = endpoints.length > 0 ? { endpoints } : {};
  const { skipTlsVerify } = given;
  const aws = awsOf(outputs, given);
  if (aws !== undefined) return { endpoint, ...others, aws, caCertificate, skipTlsVerify };
  return { endpoint, ...others, username, password, caCertificate, skipTlsVerify };
}

/** Flags that name a user, a password or another server override the stack's asking user. */
function askerOf(
  opensearch: Connection | undefined,
  outputs: StackOutputs | undefined,
  given: AccessFlags,
  environment: NodeJS.ProcessEnv,
): Connection | undefined {
  const [username, password] = [known(outputs?.predictUsername), known(outputs?.predictPassword)];
  if (opensearch === undefined || username === undefined || password === undefined) return undefined;
  const override = given.opensearch ?? given.username ?? given.awsRegion ?? givenPassword(given, environment);
  return override === undefined ? { ...opensearch, aws: undefined, username, password } : undefined;
}

function givenConnection(given: AccessFlags, environment: NodeJS.ProcessEnv): Connection {
  const { opensearch = "", username, skipTlsVerify } = given;
  const password = givenPassword(given, environment);
  if (username !== undefined && password === undefined) throw noPassword(DEFAULT_PASSWORD_VARIABLE, username);
  const [aws, caCertificate] = [awsOf(undefined, given), authorityOf(given)];
  return { endpoint: normalUrl(opensearch), username, password, aws, caCertificate, skipTlsVerify };
}

function authorityOf({ caFile }: AccessFlags): string | undefined {
  if (caFile === undefined) return undefined;
  const text = bytesOf(caFile, "--ca-file").toString("latin1");
  if (isPem(text)) return text;
  throw new CommandFailure(ExitCode.usage, {
    what: `The file ${caFile}, named by --ca-file, contains no PEM certificate.`,
    cause: "It is empty, in another form such as DER, or another file.",
    fix: "Give the authority's certificate as text that begins with BEGIN CERTIFICATE.",
  });
}

function givenPassword(given: AccessFlags, environment: NodeJS.ProcessEnv): string | undefined {
  const password = environment[given.passwordEnv ?? DEFAULT_PASSWORD_VARIABLE] || undefined;
  if (given.passwordEnv !== undefined && password === undefined) throw noPassword(given.passwordEnv, given.username);
  return password;
}

function noPassword(variable: string, username: string | undefined): CommandFailure {
  const shown = shownVariable(variable);
  const isShown = shown === variable;
  return new CommandFailure(ExitCode.usage, {
    what: `There is no password for OpenSearch's user${username ? ` ${username}` : ""}: the variable ${shown} is not set.`,
    cause: "Passwords are never taken from the command line, where every process list shows them.",
    fix: isShown
      ? `Set ${shown}, or name another variable with --password-env.`
      : "Give the name of a variable, such as OPENSEARCH_PASSWORD, and the password in it.",
  });
}

/** Checks an output's URL, since any program may export this name. Flags were validated before. */
function endpointOf(name: string, text: string | undefined): string | undefined {
  const endpoint = known(text);
  const rule = endpoint === undefined ? undefined : baseUrlProblem(endpoint);
  if (endpoint === undefined || rule === undefined) return endpoint && normalUrl(endpoint);
  throw new CommandFailure(ExitCode.noAccess, {
    what: `${sentence([`The stack's output ${name}`], endpoint, rule)}.`,
    cause: "It is another program's stack, or it exports something else by this name.",
    fix: `Correct the program, or name the server itself: ${name === "ollamaEndpoint" ? "--ollama" : "--opensearch"} URL.`,
  });
}

/** Outputs that do not apply are empty strings, not absent. */
function known(output: string | undefined): string | undefined {
  return output === "" ? undefined : output;
}

/** Flags that every command has: where the servers are, and `--json`. */
export interface CommonFlags extends AccessFlags {
  readonly json?: boolean;
}

/** Adds the common flags to a command, in their own help groups. */
export function withAccessOptions(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--json", "print one JSON document")
    .optionsGroup("Where the servers are (default: the selected stack's outputs):")
    .option("-s, --stack <name>", "Pulumi stack to read")
    .option("-C, --cwd <folder>", "folder of the Pulumi project")
    .option("--opensearch <url>", "OpenSearch, instead of the stack's")
    .option("--username <name>", "its user")
    .option("--password-env <variable>", "variable that holds the password (OLLAMA_CHAT_OPENSEARCH_PASSWORD)")
    .option("--ca-file <path>", "PEM of the CA that signed its certificate")
    .option("--skip-tls-verify", "accept any certificate")
    .option("--aws-region <region>", "sign requests to it for AWS, with the keys of AWS's standard chain")
    .option("--aws-service <name>", "es (default) or aoss")
    .option("--ollama <url>", "Ollama, instead of the stack's")
    .option("--model-id <id>", "deployed model on OpenSearch")
    .option("--api <name>", "API of that model's connector: generate, chat or openai")
    .option("--model <name>", "one of the stack's models by its alias, or a name in Ollama")
    .option("--rag-index <name>", "index of documents")
    .option("--embedding-model-id <id>", "deployed embedding model on OpenSearch");
}
