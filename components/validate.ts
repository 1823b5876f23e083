import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CHAT_APIS, ChatApi } from "../providers/connector/chat-api";
import { hasOutputs, withoutOutputs } from "../providers/dynamic/applied";
import { BASE_URL_RULE, BaseUrl, serverKey } from "../providers/shared/base-url";
import { checkWith, sentence } from "../providers/shared/checking";
import { endpointSchema } from "../providers/shared/connection";
import { runningShape } from "../providers/shared/container-values";
import { ollamaAuthSchema } from "../providers/shared/ollama-auth";
import { isUnknown } from "../providers/shared/unknown";
import {
  gpus,
  heap,
  image,
  isKnownOption,
  keepAlive,
  modelName,
  modelOptions,
  port,
  seconds,
  wholeSeconds,
} from "../providers/shared/values";
import { isHostname, isPublishAddress } from "./addresses";
import type { ChatModelArgs, OllamaChatStackArgs } from "./args";
import { chatModelsOf, OPENAI_OPTIONS } from "./chat-models";
import { requireStrongPassword } from "./password-strength";
import { isEmbeddingModel } from "./rag-args";
import { serverProblems } from "./server-rules";

const publishRule = "must be an IP address of the Docker host, such as 127.0.0.1, or 0.0.0.0 for all that it has";
const hostnameRule = "must be the name or IP address of a host, such as gpu-box or 10.0.0.5, without scheme or port";
/** Where ports are published and reached. */
const published = {
  publishAddress: z.string(publishRule).refine(isPublishAddress, publishRule).optional(),
  hostname: z.string(hostnameRule).refine(isHostname, hostnameRule).optional(),
};
const api = z.enum(CHAT_APIS, `must be one of ${CHAT_APIS.join(", ")}`);
const optionalSeconds = seconds.optional();

const nodesRule =
  "must be 1 or 3: with 2 the cluster stops when one is lost, and more belong on several hosts, as a cluster of their own that opensearch.existing names";

const aliasRule = "must be 1 to 100 letters, digits and . _ - : / that begin with a letter or a digit";
const modelEntry = z.strictObject(
  {
    name: modelName,
    alias: z
      .string(aliasRule)
      .regex(/^[A-Za-z0-9][\w.:/-]{0,99}$/, aliasRule)
      .optional(),
    api: api.optional(),
    modelOptions: modelOptions.optional(),
    readTimeoutSeconds: wholeSeconds.optional(),
    keepAlive: keepAlive.optional(),
    deploy: z.boolean("must be true or false").optional(),
  },
  {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? "Allowed: name, alias, api, modelOptions, readTimeoutSeconds, keepAlive, deploy."
        : 'must be a model\'s name, or an object such as { name: "smollm2:135m", api: "chat" }',
  },
);

const MOST_REPLICAS = 64;
const replicasRule = `must be a whole number from 1 to ${MOST_REPLICAS}`;
const plainRule =
  "must be http:// and a host with its port, without a path: for TLS or a path take a proxy of your own and give its address as endpoint";

/** An Ollama behind the stack's own proxy. */
const plainEndpoint = endpointSchema.refine(
  (text) => !/^https:/i.test(text) && BaseUrl.parse(text)?.path === "",
  plainRule,
);

const existingOllama = z
  .looseObject({
    endpoint: endpointSchema.optional(),
    endpoints: z.array(plainEndpoint, "must be a list of URLs").min(1, "must hold at least one URL").optional(),
    auth: ollamaAuthSchema.optional(),
  })
  .superRefine(({ endpoint, endpoints, auth }, context) => {
    const problem = (path: readonly (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (endpoint === undefined && endpoints === undefined) problem(["endpoint"], `${BASE_URL_RULE}; or give endpoints`);
    if (endpoints === undefined) return;
    if (endpoint !== undefined) problem(["endpoints"], "give either endpoint or endpoints, not both");
    if (auth !== undefined) {
      problem(["auth"], "must be left out with endpoints, which the stack's proxy asks without it; endpoint takes it");
    }
    endpoints.forEach((one, i) => {
      const first = endpoints.findIndex((other) => !isUnknown(one) && serverKey(other) === serverKey(one));
      if (first < i && !isUnknown(one)) problem(["endpoints", i], `must be another server than endpoints.${first}`);
    });
  });

const argsSchema = z.looseObject({
  model: modelName.optional(),
  models: z.array(z.union([modelName, modelEntry]), "must be a list of models").optional(),
  api: api.optional(),
  modelOptions: modelOptions.optional(),
  readTimeoutSeconds: wholeSeconds.optional(),
  ...published,
  readiness: z
    .looseObject({
      openSearchSeconds: optionalSeconds,
      ollamaSeconds: optionalSeconds,
      pullSeconds: optionalSeconds,
      modelSeconds: optionalSeconds,
    })
    .optional(),
  opensearch: z
    .looseObject({
      existing: z.looseObject({ endpoint: z.unknown() }).optional(),
      adminPassword: z.union([z.string(), z.custom((given) => typeof given === "object")], "must be text").optional(),
      image: image.optional(),
      port: port.optional(),
      nodes: z.literal([1, 3], nodesRule).optional(),
      heap: heap.optional(),
      ...runningShape,
      predictUser: z.boolean("must be true or false").optional(),
      ...published,
    })
    .optional(),
  ollama: z
    .looseObject({
      existing: existingOllama.optional(),
      replicas: z.int(replicasRule).min(1, replicasRule).max(MOST_REPLICAS, replicasRule).optional(),
      proxyImage: image.optional(),
      endpointForOpenSearch: endpointSchema.optional(),
      image: image.optional(),
      port: port.optional(),
      gpus: gpus.optional(),
      readOnlyRoot: z.boolean("must be true or false").optional(),
      keepAlive: keepAlive.optional(),
      ...runningShape,
      ...published,
    })
    .refine(({ replicas, existing }) => replicas === undefined || existing === undefined, {
      path: ["replicas"],
      message: "must be left out with ollama.existing, whose endpoints say how many there are",
    })
    .optional(),
});

const notInOpenAi = `can't be sent with api openai, which knows ${Object.keys(OPENAI_OPTIONS).join(", ")}; take api generate or chat, or a model that is made with it`;
const keptElsewhere =
  "can't be sent with api openai to an Ollama that exists; set OLLAMA_KEEP_ALIVE there, or take api generate or chat";
const keptByOpenAi =
  "can't be sent with api openai; give ollama.keepAlive, which the container of Ollama takes, or take api generate or chat";
const aliasMissing = "must be given where the name is an output";
const aliasTaken = "must differ from the alias of every other model";
const embeds = "makes vectors and answers nothing; an OllamaRagStack is made with it";
const embedsHere = `${embeds}, and deploy: false has it in Ollama alone`;

/** Rules that concern several arguments at once. */
function problemsOf(args: OllamaChatStackArgs): string[] {
  const models = chatModelsOf(args);
  const aliases = models.filter(({ deploy }) => deploy).map(({ alias }) => alias);
  const ofModels = models.flatMap((model) => {
    const { path, name, alias, deploy, api } = model;
    const entry = typeof path[1] === "number" ? args.models?.[path[1]] : undefined;
    const own: Partial<ChatModelArgs> = typeof entry === "object" ? entry : {};
    const say = (names: readonly string[], value: unknown, rule: string) =>
      sentence([...path, ...names].map(String), value, rule);
    if (alias === "" && path[0] === "models") return [say(["alias"], undefined, aliasMissing)];
    if (!deploy) return [];
    const problems: string[] = [];
    if (aliases.indexOf(alias) !== aliases.lastIndexOf(alias) && models.find((one) => one.alias === alias) !== model) {
      problems.push(say(own.alias === undefined ? [] : ["alias"], alias, aliasTaken));
    }
    if (typeof name === "string" && isEmbeddingModel(name)) {
      problems.push(say(own.name === undefined ? [] : ["name"], name, path[0] === "model" ? embeds : embedsHere));
    }
    return api === ChatApi.openai ? [...problems, ...notSent(args, own, say)] : problems;
  });
  return [...ofModels, ...misplaced(args)];
}

const dockerRule =
  'must be a provider of @pulumi/docker, such as new docker.Provider("gpu", { host: "ssh://me@gpu-box" })';

/** Arguments that say where a container runs, for a server that has none. */
function misplaced(args: OllamaChatStackArgs): string[] {
  return (["opensearch", "ollama"] as const).flatMap((part) => {
    const { existing, ...own } = args[part] ?? {};
    if (own.docker !== undefined && !docker.Provider.isInstance(own.docker)) {
      const shown = typeof own.docker === "string" ? JSON.stringify(own.docker) : "something else";
      return [`${part}.docker is ${shown}: ${dockerRule}`];
    }
    const given = (["docker", "hostname", "publishAddress"] as const).filter((key) => own[key] !== undefined);
    return existing === undefined
      ? []
      : given.map((key) => `${part}.${key} can't be given with ${part}.existing, which the stack doesn't start`);
  });
}

/** Ollama ignores options that it doesn't know. A later version may know them, so a warning has to do. */
function warnOfUnknownOptions(component: string, args: OllamaChatStackArgs): void {
  const paths = [
    ...unknownIn(["modelOptions"], args.modelOptions),
    ...(args.models ?? []).flatMap((model, i) =>
      typeof model === "string" ? [] : unknownIn(["models", i, "modelOptions"], model.modelOptions),
    ),
  ];
  for (const path of paths) {
    void pulumi.log.warn(
      `OllamaChatStack ${JSON.stringify(component)}: ${path} is no option of Ollama 0.17, which ignores it. See https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx for the options.`,
    );
  }
}

function unknownIn(path: readonly (string | number)[], options: ChatModelArgs["modelOptions"]): string[] {
  if (typeof options !== "object" || hasOutputs(options)) return [];
  return Object.keys(options)
    .filter((name) => !isKnownOption(name))
    .map((name) => [...path, name].join("."));
}

const noUsers =
  "needs opensearch.existing.username (or aws), of a user who may make users; on a cluster without security there are none";

type Say = (names: readonly string[], value: unknown, rule: string) => string;

/** Options that api `openai` cannot send, named where they were given: at the model, or at the stack. */
function notSent(args: OllamaChatStackArgs, own: Partial<ChatModelArgs>, say: Say): string[] {
  const atStack: Say = (names, value, rule) => sentence(names, value, rule);
  const [options, tell] = own.modelOptions === undefined ? [args.modelOptions, atStack] : [own.modelOptions, say];
  const names = typeof options === "object" && !hasOutputs(options) ? Object.keys(options) : [];
  const problems = names
    .filter((name) => !(name in OPENAI_OPTIONS))
    .map((name) => tell(["modelOptions", name], Object(options)[name], notInOpenAi));
  const { existing, keepAlive } = args.ollama ?? {};
  if (own.keepAlive !== undefined) problems.push(say(["keepAlive"], own.keepAlive, keptByOpenAi));
  else if (existing !== undefined && keepAlive !== undefined) {
    problems.push(atStack(["ollama", "keepAlive"], keepAlive, keptElsewhere));
  }
  return problems;
}

/** Throws a `RunError` for arguments that could only fail later, so that the preview stops without a stack trace. */
export function validated(name: string, args: OllamaChatStackArgs): void {
  const failures = checkWith(argsSchema, withoutOutputs(args)).map(({ reason }) => reason);
  const problems = failures.length > 0 ? failures : [...new Set([...problemsOf(args), ...serverProblems(args)])];
  if (problems.length > 0) {
    throw new pulumi.RunError(`OllamaChatStack ${JSON.stringify(name)}: ${problems.join("; ")}`);
  }
  warnOfUnknownOptions(name, args);
  const { existing, adminPassword, predictUser } = args.opensearch ?? {};
  if (existing !== undefined && predictUser === true && !(existing.username ?? existing.aws)) {
    throw new pulumi.RunError(
      `OllamaChatStack ${JSON.stringify(name)}: ${sentence(["opensearch", "predictUser"], predictUser, noUsers)}`,
    );
  }
  if (existing !== undefined) return;
  if (adminPassword === undefined) {
    throw new pulumi.RunError(
      `OllamaChatStack ${JSON.stringify(name)}: opensearch.adminPassword is missing: OpenSearch starts with TLS and a password of your own. Give it as a secret, or give opensearch.existing.`,
    );
  }
  // An output is checked once its value is known.
  if (typeof adminPassword === "string") requireStrongPassword(adminPassword, name);
}
