import { ollamaGenerate } from "../../../providers/connector/presets";

/** What a measured program makes; handed over as the stack's configuration. */
export interface World {
  /** Of the cluster. */
  readonly endpoint: string;
  /** Base URL of the model server. */
  readonly modelServer: string;
  /** Name of the model group. */
  readonly group: string;
  /** How many pairs of a connector and a deployed model. */
  readonly models: number;
  readonly settings: Readonly<Record<string, string | readonly string[]>>;
}

/** What a user writes of a connector: the preset's members, spread into its arguments. */
export function presetInputs(modelServer: string) {
  return ollamaGenerate({ endpoint: modelServer, model: "stub" });
}
