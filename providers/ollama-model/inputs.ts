import { z } from "zod";
import { sameModel } from "../../clients/ollama/names";
import { endpointSchema } from "../shared/connection";
import { type OllamaAuth, ollamaAuthSchema } from "../shared/ollama-auth";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { isUnknown } from "../shared/unknown";
import { keepAlive, modelName, modelOptions, typedAsOllamaWants } from "../shared/values";

/** A model on an Ollama server as the program describes it. `OllamaModelArgs` documents each member. */
export interface OllamaModelInputs {
  readonly endpoint: string;
  readonly auth?: OllamaAuth;
  readonly model: string;
  readonly from?: string;
  readonly system?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly template?: string;
  readonly source?: string;
  readonly insecure?: boolean;
  readonly expectedDigest?: string;
  readonly warmUp?: boolean;
  readonly keepAlive?: string | number;
  readonly loadOptions?: Readonly<Record<string, unknown>>;
  readonly retainOnDelete?: boolean;
  readonly timeouts?: Timeouts;
  readonly owner?: string;
}

/** What is on the server, and which part of it this resource owns. */
export interface Holding {
  /** SHA-256 of the model's manifest, 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** When the name was last written on the server, RFC 3339. */
  readonly modifiedAt: string;
  /** True if this resource pulled or made the model. Only then does it delete it. */
  readonly pulled: boolean;
  /** True if this resource pulled the base model named in `from`, and so deletes it as well. */
  readonly fromPulled: boolean;
}

export interface OllamaModelState extends OllamaModelInputs, Holding {
  readonly schemaVersion: number;
}

export const SCHEMA_VERSION = 1;

/** Every input except `owner`. */
export const INPUT_KEYS = [
  "endpoint",
  "auth",
  "model",
  "from",
  "system",
  "parameters",
  "template",
  "source",
  "insecure",
  "expectedDigest",
  "warmUp",
  "keepAlive",
  "loadOptions",
  "retainOnDelete",
  "timeouts",
] as const satisfies readonly (keyof OllamaModelInputs)[];

/** A pull transfers gigabytes, so the general 300 s would be too short. */
export const TIMEOUTS = { createSeconds: 1800, updateSeconds: 1800, deleteSeconds: 120 } as const;

const digestRule = "must be 12 to 64 hex digits, as `ollama list` shows them";

const parameterRule = "must be text, a number, true or false, or a list of texts";
const parameter = z.union(
  [z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))],
  parameterRule,
);

const bool = z.boolean("must be true or false");
const notEmpty = z.string("must be text").min(1, "must not be empty: leave it out to keep the base model's");

export const ollamaModelSchema = z.looseObject({
  endpoint: endpointSchema,
  auth: ollamaAuthSchema.optional(),
  model: modelName,
  from: modelName.optional(),
  system: notEmpty.optional(),
  parameters: z
    .record(z.string(), parameter, "must be an object such as { temperature: 0, num_ctx: 4096 }")
    .superRefine(typedAsOllamaWants)
    .optional(),
  template: notEmpty.optional(),
  source: modelName.optional(),
  insecure: bool.optional(),
  expectedDigest: z
    .string(digestRule)
    .regex(/^(?:sha256:)?[0-9a-f]{12,64}$/i, digestRule)
    .optional(),
  warmUp: bool.optional(),
  keepAlive: keepAlive.optional(),
  loadOptions: modelOptions.optional(),
  retainOnDelete: bool.optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});

const OF_WARM_UP = {
  keepAlive: "how long the warmed-up model stays",
  loadOptions: "how the model is loaded for the warm-up",
};

type Loose = Readonly<Record<string, unknown>>;

/** Finds inputs that contradict each other. Unknown values get the benefit of the doubt. */
export function contradictions(news: Loose): { property: string; reason: string }[] {
  const found: { property: string; reason: string }[] = [];
  const set = (key: string) => news[key] !== undefined;
  for (const key of ["system", "parameters", "template"]) {
    if (set(key) && !set("from")) {
      found.push({
        property: key,
        reason: `${key} requires from: name the model to create ${shown(news.model)} from.`,
      });
    }
  }
  for (const key of ["source", "expectedDigest"]) {
    if (set(key) && set("from")) {
      found.push({
        property: key,
        reason: `${key} is only for a model that is pulled; with from it is created on the server.`,
      });
    }
  }
  for (const [key, says] of Object.entries(OF_WARM_UP)) {
    if (set(key) && news.warmUp !== true && !isUnknown(news.warmUp)) {
      found.push({ property: key, reason: `${key} says ${says}: set warmUp: true.` });
    }
  }
  const { from, model } = news;
  if (typeof from === "string" && typeof model === "string" && !isUnknown(from) && sameModel(from, model)) {
    found.push({ property: "from", reason: `from is ${shown(from)}: must differ from model.` });
  }
  return found;
}

function shown(value: unknown): string {
  return isUnknown(value) ? "the model" : JSON.stringify(value);
}
