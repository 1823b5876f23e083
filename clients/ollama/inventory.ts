import type { Ollama } from "ollama/browser";
import { z } from "zod";
import type { OllamaServer } from "./server";

/** A model that the server has, with what it tells of its kind. */
export interface InventoryModel {
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** Count of parameters as the server writes it, such as `134.52M`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M` or `F16`. */
  readonly quantization?: string;
  readonly family?: string;
}

/** A model that is in memory now. */
export interface RunningModel {
  readonly name: string;
  /** What it takes, weights and cache together. */
  readonly sizeBytes: number;
  /** How much of that lies in a GPU's memory. */
  readonly sizeGpuBytes: number;
  /** Tokens that its cache holds. */
  readonly contextTokens?: number;
  /** When it will be dropped if nobody asks it, RFC 3339; a date centuries ahead means never. */
  readonly expiresAt: string;
}

/** A model's shape, as far as its memory depends on it. Members are absent where the server does not tell. */
export interface ModelShape {
  /** Longest context that the model was made for, in tokens. */
  readonly contextTokens?: number;
  /** The context that it asks for itself, by its parameter `num_ctx`. */
  readonly ownContextTokens?: number;
  readonly layers?: number;
  /** Attention heads whose keys and values are kept. */
  readonly keyValueHeads?: number;
  /** Numbers in one key or value. */
  readonly headSize?: number;
}

const details = z
  .object({
    parameter_size: z.string().nullish(),
    quantization_level: z.string().nullish(),
    family: z.string().nullish(),
  })
  .nullish();

const tags = z.object({
  models: z.array(z.object({ name: z.string(), digest: z.string(), size: z.number(), details })).nullish(),
});

/** What the server has, by name. */
export async function inventory(server: OllamaServer): Promise<InventoryModel[]> {
  const answer = await server.call({ name: "GET /api/tags", send: (client) => client.list(), answer: tags });
  return (answer.models ?? [])
    .map((model) => ({
      name: model.name,
      digest: model.digest.replace(/^sha256:/, ""),
      sizeBytes: model.size,
      parameterSize: model.details?.parameter_size || undefined,
      quantization: model.details?.quantization_level || undefined,
      family: model.details?.family || undefined,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const running = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: z.number(),
        size_vram: z.number().default(0),
        context_length: z.number().optional(),
        expires_at: z.string(),
      }),
    )
    .nullish(),
});

/** What is in memory now. */
export async function runningModels(server: OllamaServer, timeoutSeconds?: number): Promise<RunningModel[]> {
  const send = (client: Ollama) => client.ps();
  const answer = await server.call({ name: "GET /api/ps", send, answer: running, timeoutSeconds });
  return (answer.models ?? []).map((model) => ({
    name: model.name,
    sizeBytes: model.size,
    sizeGpuBytes: model.size_vram,
    contextTokens: model.context_length,
    expiresAt: model.expires_at,
  }));
}

const shown = z.object({
  model_info: z.record(z.string(), z.unknown()).nullish(),
  parameters: z.string().nullish(),
});
/** A line of a model's parameters, such as `num_ctx                        2048`. */
const NUM_CTX = /^num_ctx\s+(\d+)$/m;

/** The shape of a model, from the keys that its architecture prefixes. */
export async function modelShape(server: OllamaServer, model: string, timeoutSeconds?: number): Promise<ModelShape> {
  const send = (client: Ollama) => client.show({ model });
  const answer = await server.call({ name: "POST /api/show", send, answer: shown, timeoutSeconds });
  const info = answer.model_info ?? {};
  const architecture = String(info["general.architecture"] ?? "");
  const count = (key: string) => {
    const value = info[`${architecture}.${key}`];
    return typeof value === "number" && value > 0 ? value : undefined;
  };
  const numCtx = Number(NUM_CTX.exec(answer.parameters ?? "")?.[1] ?? 0);
  const heads = count("attention.head_count");
  const width = count("embedding_length");
  const split = heads !== undefined && width !== undefined ? width / heads : undefined;
  return {
    contextTokens: count("context_length"),
    ownContextTokens: numCtx > 0 ? numCtx : undefined,
    layers: count("block_count"),
    keyValueHeads: count("attention.head_count_kv") ?? heads,
    headSize: count("attention.key_length") ?? split,
  };
}
