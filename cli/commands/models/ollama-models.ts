import {
  type InventoryModel,
  inventory,
  modelShape,
  type RunningModel,
  runningModels,
} from "../../../clients/ollama/inventory";
import { serverVersion } from "../../../clients/ollama/models";
import { sameModel } from "../../../clients/ollama/names";
import type { OllamaServer } from "../../../clients/ollama/server";
import { memoryBytes } from "./memory";

/** A model in Ollama, with its memory estimate and whether it is loaded. */
export interface OllamaModelRow extends InventoryModel {
  /** Longest context that the model supports. */
  readonly contextTokens?: number;
  /** Estimate by `memoryBytes`. */
  readonly memoryBytes?: number;
  readonly loaded?: RunningModel;
}

export interface OllamaModels {
  readonly endpoint: string;
  readonly version: string;
  readonly models: readonly OllamaModelRow[];
}

export async function ollamaModels(server: OllamaServer): Promise<OllamaModels> {
  const { endpoint } = server;
  const [version, models, running] = await Promise.all([
    serverVersion(server),
    inventory(server),
    runningModels(server),
  ]);
  const rows: OllamaModelRow[] = [];
  // One after another: Ollama opens each model's file for this, and there may be hundreds.
  for (const model of models) {
    const shape = await modelShape(server, model.name);
    rows.push({
      ...model,
      contextTokens: shape.contextTokens,
      memoryBytes: memoryBytes(model.sizeBytes, shape),
      loaded: running.find(({ name }) => sameModel(name, model.name)),
    });
  }
  return { endpoint, version, models: rows };
}
