import type { Options } from "ollama";
import { z } from "zod";
import { ServerError, UnreachableError } from "../errors";
import { type Deadline, waitFor } from "../wait";
import { wireDuration } from "./duration";
import { listedName, sameModel } from "./names";
import { typedOptions } from "./options";
import type { OllamaServer } from "./server";

/** A model as the server lists it. */
export interface ListedModel {
  readonly name: string;
  /** SHA-256 of the manifest, 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** When the name was last written on that server, RFC 3339. */
  readonly modifiedAt: string;
}

/** What a model was created with. */
export interface ModelRecipe {
  /** Its base model; empty for a pulled model. */
  readonly from: string;
  readonly system: string;
  readonly template: string;
  /** One per line, name and value, as the server prints them. */
  readonly parameters: string;
}

const version = z.object({ version: z.string() });

export async function serverVersion(server: OllamaServer, timeoutSeconds?: number): Promise<string> {
  const answer = await server.call({
    name: "GET /api/version",
    send: (client) => client.version(),
    answer: version,
    timeoutSeconds,
  });
  return answer.version;
}

/** A proxy's answers while the server behind it is not up yet. */
const STARTING = [502, 503, 504];

/** Waits until the server answers. A container that has just started refuses connections for a few seconds. */
export async function untilServerAnswers(
  server: OllamaServer,
  deadline: Deadline,
  onLong?: (line: string) => void,
): Promise<void> {
  const look = async () => {
    try {
      return { done: await serverVersion(server, Math.max(1, deadline.remainingMilliseconds / 1000)) };
    } catch (error) {
      if (error instanceof UnreachableError) return { last: error.reason, error };
      if (error instanceof ServerError && STARTING.includes(error.status)) return { last: error.message, error };
      throw error;
    }
  };
  await waitFor(look, { waitingFor: `Ollama at ${server.endpoint} to answer`, server: "ollama", deadline, onLong });
}

const listed = z.object({ name: z.string(), digest: z.string(), size: z.number(), modified_at: z.string() });
const tags = z.object({ models: z.array(listed).nullish() });

export async function listModels(server: OllamaServer): Promise<ListedModel[]> {
  const answer = await server.call({ name: "GET /api/tags", send: (client) => client.list(), answer: tags });
  return (answer.models ?? []).map((model) => ({
    name: model.name,
    digest: model.digest.replace(/^sha256:/, ""),
    sizeBytes: model.size,
    modifiedAt: model.modified_at,
  }));
}

/** The model with this name, or `undefined`. */
export async function findModel(server: OllamaServer, name: string): Promise<ListedModel | undefined> {
  const models = await listModels(server);
  const exact = listedName(name);
  return models.find((model) => model.name === exact) ?? models.find((model) => sameModel(model.name, name));
}

const shown = z.object({
  system: z.string().nullish(),
  template: z.string().nullish(),
  parameters: z.string().nullish(),
  details: z.object({ parent_model: z.string().nullish() }).nullish(),
});

export async function showModel(server: OllamaServer, model: string): Promise<ModelRecipe> {
  const answer = await server.call({
    name: "POST /api/show",
    send: (client) => client.show({ model }),
    answer: shown,
  });
  return {
    from: answer.details?.parent_model ?? "",
    system: answer.system ?? "",
    template: answer.template ?? "",
    parameters: answer.parameters ?? "",
  };
}

/** Gives a model another name; both share the same files. */
export async function copyModel(server: OllamaServer, source: string, destination: string): Promise<void> {
  await server.call({
    name: "POST /api/copy",
    send: (client) => client.copy({ source, destination }),
    answer: z.unknown(),
  });
}

/** Deletes a model, if it exists. The server keeps files that other models use. */
export async function deleteModel(server: OllamaServer, model: string): Promise<void> {
  const call = server.call({
    name: "DELETE /api/delete",
    send: (client) => client.delete({ model }),
    answer: z.unknown(),
  });
  await call.catch((error: unknown) => {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
  });
}

const NO_GENERATE = /does not support generate/;

interface Loading {
  readonly model: string;
  /** How long it stays in memory unused: `5m`, or `-1` for ever. Default: the server's. */
  readonly keepAlive?: string | number;
  /** Default: the model's. */
  readonly loadOptions?: Readonly<Record<string, unknown>>;
}

/** Loads a model into memory. Embedding models do not support `generate`, so they are loaded with an empty `embed`. */
export async function loadModel(
  server: OllamaServer,
  { model, keepAlive, loadOptions }: Loading,
  deadline: Deadline,
): Promise<void> {
  const timeoutSeconds = deadline.remainingMilliseconds / 1000;
  const keep_alive = wireDuration(keepAlive);
  const options = loadOptions && (typedOptions(loadOptions) as Partial<Options>);
  try {
    await server.call({
      name: "POST /api/generate",
      send: (client) => client.generate({ model, prompt: "", keep_alive, options, stream: false }),
      answer: z.unknown(),
      timeoutSeconds,
    });
  } catch (error) {
    if (!(error instanceof ServerError) || !NO_GENERATE.test(error.reason)) throw error;
    await server.call({
      name: "POST /api/embed",
      send: (client) => client.embed({ model, input: [], keep_alive, options }),
      answer: z.unknown(),
      timeoutSeconds: deadline.remainingMilliseconds / 1000,
    });
  }
}

/** Unloads a model from memory, if it is loaded. */
export async function unloadModel(server: OllamaServer, model: string, timeoutSeconds: number): Promise<void> {
  await server.call({
    name: "POST /api/generate",
    send: (client) => client.generate({ model, prompt: "", keep_alive: 0, stream: false }),
    answer: z.unknown(),
    timeoutSeconds,
  });
}
