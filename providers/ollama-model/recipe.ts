import type { ModelRecipe } from "../../clients/ollama/models";
import { sameModel } from "../../clients/ollama/names";
import type { OllamaModelInputs } from "./inputs";

/** The recipe of a model on the server, in the form of the inputs. */
export type FoundRecipe = Pick<OllamaModelInputs, "from" | "system" | "template" | "parameters">;

/**
 * The inputs among `from`, `system`, `template` and `parameters` that differ on the server, with the server's values.
 * Inputs that the program leaves out are not compared, because the base model fills them in.
 */
export function recipeDrift(wanted: OllamaModelInputs, recipe: ModelRecipe): FoundRecipe {
  const { from, system, template, parameters } = wanted;
  const drift: { -readonly [K in keyof FoundRecipe]: FoundRecipe[K] } = {};
  if (from !== undefined && recipe.from !== "" && !sameModel(recipe.from, from)) drift.from = recipe.from;
  if (system !== undefined && recipe.system !== system) drift.system = recipe.system;
  if (template !== undefined && recipe.template !== template) drift.template = recipe.template;
  if (parameters === undefined) return drift;
  const found = parameterValues(recipe.parameters);
  const differs = Object.keys(parameters).some((key) => !sameValues(parameters[key], found.get(key)));
  if (differs) drift.parameters = Object.fromEntries(Object.keys(parameters).map((key) => [key, one(found.get(key))]));
  return drift;
}

/** The server prints one line per value: the name, spaces, and the value in Go syntax (`"text"`, `0.7`, `1e+06`). */
function parameterValues(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), plain(value)]);
  }
  return values;
}

function plain(goValue: string): string {
  try {
    return String(JSON.parse(goValue));
  } catch {
    return goValue;
  }
}

function sameValues(wanted: unknown, found: readonly string[] | undefined): boolean {
  const texts = [wanted].flat().map(String);
  return found !== undefined && texts.length === found.length && texts.every((text, i) => text === found[i]);
}

function one(values: readonly string[] | undefined): unknown {
  if (values === undefined) return null;
  return values.length === 1 ? values[0] : values;
}
