import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { checkWith } from "../providers/checking";
import { endpointSchema } from "../providers/connection";
import { CHAT_APIS } from "../providers/connector/chat-api";
import { requireStrong } from "./admin-password";
import type { OllamaChatStackArgs } from "./args";
import { isPublishAddress } from "./published-address";

const nameRule = "must be a model's name and tag, such as smollm2:135m";
export const modelName = z.string(nameRule).regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/, nameRule);
const portRule = "must be a port from 1 to 65535";
const port = z.int(portRule).min(1, portRule).max(65535, portRule).optional();
const imageRule = "must be an image such as ollama/ollama:0.17.4";
const image = z.string(imageRule).min(1, imageRule).optional();
const publishRule = "must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all that it has";
const seconds = z.number("must be a number of seconds").positive("must be above 0").optional();
const heapRule = "must be a size for Java's -Xmx, such as 1g or 512m";

const argsSchema = z.looseObject({
  model: modelName.optional(),
  models: z.array(modelName).optional(),
  api: z.enum(CHAT_APIS, `must be one of ${CHAT_APIS.join(", ")}`).optional(),
  modelOptions: z.record(z.string(), z.unknown(), "must be an object such as { num_predict: 256 }").optional(),
  readTimeoutSeconds: seconds,
  publishAddress: z.string(publishRule).refine(isPublishAddress, publishRule).optional(),
  opensearch: z
    .looseObject({
      existing: z.looseObject({ endpoint: z.unknown() }).optional(),
      image,
      port,
      heap: z
        .string(heapRule)
        .regex(/^\d+[kKmMgG]$/, heapRule)
        .optional(),
    })
    .optional(),
  ollama: z
    .looseObject({
      existing: z.looseObject({ endpoint: endpointSchema }).optional(),
      endpointForOpenSearch: endpointSchema.optional(),
      image,
      port,
    })
    .optional(),
});

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
