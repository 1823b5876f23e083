import { freemem, totalmem } from "node:os";
import { isThisMachine } from "../../../clients/base-url";
import { sameModel } from "../../../clients/ollama/names";
import { GUIDE_MODELS, type GuideModel, SIZES_SEEN_ON } from "./guide-models";
import { type Fit, fitOf, type MachineMemory, memoryBytes } from "./memory";

/** A row of the guide's table, checked against this machine. */
export interface GuideRow extends Omit<GuideModel, "shape"> {
  readonly exists: boolean;
  readonly memoryBytes?: number;
  readonly fit?: Fit;
  /** Whether Ollama has it. Absent if no Ollama answered. */
  readonly pulled?: boolean;
}

export interface Guide {
  readonly sizesSeenOn: string;
  /** Absent if Ollama runs on another machine. */
  readonly machine?: MachineMemory;
  readonly models: readonly GuideRow[];
}

export interface GuideOptions {
  readonly ollamaEndpoint?: string;
  readonly pulledNames?: readonly string[];
}

export function guide({ ollamaEndpoint, pulledNames }: GuideOptions, machine = thisMachine()): Guide {
  const here = ollamaEndpoint !== undefined && isThisMachine(ollamaEndpoint) ? machine : undefined;
  const models = GUIDE_MODELS.map(({ shape, ...model }) => {
    const needed =
      model.downloadBytes === undefined || shape === undefined ? undefined : memoryBytes(model.downloadBytes, shape);
    return {
      ...model,
      exists: model.downloadBytes !== undefined,
      memoryBytes: needed,
      fit: needed === undefined || here === undefined ? undefined : fitOf(needed, here),
      pulled: pulledNames?.some((name) => sameModel(name, model.name)),
    };
  });
  return { sizesSeenOn: SIZES_SEEN_ON, machine: here, models };
}

/** On Linux, `freemem` is `MemAvailable`: memory that programs can get without swapping. */
function thisMachine(): MachineMemory {
  return { totalBytes: totalmem(), freeBytes: freemem() };
}
