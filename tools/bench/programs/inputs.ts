import { ollamaGenerate } from "../../../providers/connector/presets";

/** What the user writes of a connector: the preset's members, spread into its arguments. */
export function presetInputs(modelServer: string) {
  return ollamaGenerate({ endpoint: modelServer, model: "stub" });
}
