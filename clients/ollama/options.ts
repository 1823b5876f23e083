type Kind = "whole" | "number" | "flag" | "texts";

/** The type of each option (`Options` and `Runner` in `api/types.go` of Ollama 0.17). Ollama ignores unknown names. */
const KINDS: Readonly<Record<string, Kind>> = {
  num_keep: "whole",
  seed: "whole",
  num_predict: "whole",
  top_k: "whole",
  top_p: "number",
  min_p: "number",
  typical_p: "number",
  repeat_last_n: "whole",
  temperature: "number",
  repeat_penalty: "number",
  presence_penalty: "number",
  frequency_penalty: "number",
  stop: "texts",
  num_ctx: "whole",
  num_batch: "whole",
  num_gpu: "whole",
  main_gpu: "whole",
  use_mmap: "flag",
  num_thread: "whole",
};

const RULES: Readonly<Record<Kind, string>> = {
  whole: "must be a whole number",
  number: "must be a number",
  flag: "must be true or false",
  texts: "must be a text or a list of texts",
};

/**
 * Converts an option to the type that Ollama expects: numbers and booleans from strings, a list from a single string.
 */
function typed(name: string, value: unknown): unknown {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === "texts") return typeof value === "string" ? [value] : value;
  if (kind === undefined || typeof value !== "string") return value;
  if (kind === "flag") return value === "true" || (value === "false" ? false : value);
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

/** Whether Ollama 0.17 knows an option of this name. */
export function isKnownOption(name: string): boolean {
  return Object.hasOwn(KINDS, name);
}

/** The options to send. Pulumi's `config set --path` stores `0.5` as a string, which Ollama rejects (500). */
export function typedOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, typed(name, value)]));
}

/**
 * What is wrong with an option's value, as the end of a sentence, or `undefined`. Ollama would reject or truncate it.
 */
export function optionProblem(name: string, value: unknown): string | undefined {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined || value === null) return undefined;
  const sent = typed(name, value);
  const fits: Readonly<Record<Kind, () => boolean>> = {
    whole: () => Number.isSafeInteger(sent),
    number: () => Number.isFinite(sent),
    flag: () => typeof sent === "boolean",
    texts: () => Array.isArray(sent) && sent.every((text) => typeof text === "string"),
  };
  return fits[kind]() ? undefined : RULES[kind];
}
