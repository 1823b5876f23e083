import type { Ollama } from "ollama/browser";
import { z } from "zod";
import type { OllamaServer } from "./server";

/** A model on the server, with its details. */
export interface InventoryModel {
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** Number of parameters as Ollama writes it, such as `134.52M`. */
  readonly parameterSize?: string;
  /** Such as `Q4_K_M` or `F16`. */
  readonly quantization?: string;
  readonly family?: string;
}

/** A model in memory. */
export interface RunningModel {
  readonly name: string;
  /** Memory used, weights and cache together. */
  readonly sizeBytes: number;
  /** The part of it in GPU memory. */
  readonly sizeGpuBytes: number;
  /** Size of its context in tokens. */
  readonly contextTokens?: number;
  /** When it will be unloaded if unused, RFC 3339. A date centuries ahead means never. */
  readonly expiresAt: string;
}

/** The dimensions of a model that determine its memory use. Absent if the server does not report them. */
export interface ModelShape {
  /** The model's maximum context, in tokens. */
  readonly contextTokens?: number;
  /** The context set by its own parameter `num_ctx`. */
  readonly ownContextTokens?: number;
  readonly layers?: number;
  /** Attention heads with stored keys and values. */
  readonly keyValueHeads?: number;
  /** Length of one key or value vector. */
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

/** The server's models, sorted by name. */
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

/** The models in memory. */
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

/** Reads a model's dimensions. Their keys are prefixed with the name of the architecture. */
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
