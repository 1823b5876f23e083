type Kind = "whole" | "number" | "flag" | "texts";

/** The type of each option (`Options` and `Runner` in `api/types.go` of Ollama 0.17). Ollama ignores any other name. */
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

/** An option in the form in which Ollama takes it: a number or a truth that came as text is one, a text is a list. */
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

/** Options as they are sent. Pulumi's `config set --path` makes a text of `0.5`, which Ollama refuses (500). */
export function typedOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, typed(name, value)]));
}

/** What Ollama would refuse, or cut, in an option, as the rest of a sentence, or `undefined`. */
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
