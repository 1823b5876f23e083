import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CHAT_APIS, ChatApi } from "../providers/connector/chat-api";
import { checkWith } from "../providers/shared/checking";
import { endpointSchema } from "../providers/shared/connection";
import {
  gpus,
  heap,
  image,
  keepAlive,
  modelName,
  modelOptions,
  port,
  seconds,
  wholeSeconds,
} from "../providers/shared/values";
import { isPublishAddress } from "./addresses";
import { requireStrong } from "./admin-password";
import type { OllamaChatStackArgs } from "./args";
import { OPENAI_WORDS } from "./chat-models";

const publishRule = "must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has";
const optionalSeconds = seconds.optional();

const argsSchema = z
  .looseObject({
    model: modelName.optional(),
    models: z.array(modelName, "must be a list of models").optional(),
    api: z.enum(CHAT_APIS, `must be one of ${CHAT_APIS.join(", ")}`).optional(),
    modelOptions: modelOptions.optional(),
    readTimeoutSeconds: wholeSeconds.optional(),
    publishAddress: z.string(publishRule).refine(isPublishAddress, publishRule).optional(),
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
        heap: heap.optional(),
      })
      .optional(),
    ollama: z
      .looseObject({
        existing: z.looseObject({ endpoint: endpointSchema }).optional(),
        endpointForOpenSearch: endpointSchema.optional(),
        image: image.optional(),
        port: port.optional(),
        gpus: gpus.optional(),
        keepAlive: keepAlive.optional(),
      })
      .optional(),
  })
  .superRefine(({ api, modelOptions: options = {}, ollama }, context) => {
    if (api !== ChatApi.openai) return;
    for (const name of Object.keys(options).filter((each) => !(each in OPENAI_WORDS))) {
      context.addIssue({ code: "custom", message: notInOpenAi, path: ["modelOptions", name] });
    }
    if (ollama?.existing === undefined || ollama.keepAlive === undefined) return;
    context.addIssue({ code: "custom", message: keptElsewhere, path: ["ollama", "keepAlive"] });
  });

const notInOpenAi = `can't be sent with api openai, which knows ${Object.keys(OPENAI_WORDS).join(", ")}; take api generate or chat, or a model that is made with it`;
const keptElsewhere =
  "can't be sent with api openai to an Ollama that exists; set OLLAMA_KEEP_ALIVE there, or take api generate or chat";

/** Stops in preview, with a sentence and no stack, on arguments that could only fail later. */
export function validated(name: string, args: OllamaChatStackArgs): void {
  const failures = checkWith(argsSchema, args);
  if (failures.length > 0) {
    throw new pulumi.RunError(`OllamaChatStack ${JSON.stringify(name)}: ${failures.map((f) => f.reason).join("; ")}`);
  }
  const { existing, adminPassword } = args.opensearch ?? {};
  if (existing !== undefined) return;
  if (adminPassword === undefined) {
    throw new pulumi.RunError(
      `OllamaChatStack ${JSON.stringify(name)}: opensearch.adminPassword is missing: OpenSearch starts with TLS and a password of your own. Give it as a secret, or give opensearch.existing.`,
    );
  }
  // One that is an output is checked where its value is known.
  if (typeof adminPassword === "string") requireStrong(adminPassword, name);
}
