import { type ApiError, illegalArgument } from "../errors";
import { checkRegexSafety } from "./regex";
import type { SettingDefinition } from "./setting-definitions";

/** A stored value: everything is text or a list of texts. */
export type SettingValue = string | readonly string[];

const BYTES = /^(-1|0|\d+(\.\d+)?\s*(b|k|kb|m|mb|g|gb|t|tb|p|pb))$/i;

/** Throws the server's 400 when a value doesn't fit its setting. */
export function checkSettingValue(definition: SettingDefinition, value: SettingValue): void {
  const text = typeof value === "string" ? value : `[${value.join(", ")}]`;
  switch (definition.type) {
    case "boolean":
      if (text === "true" || text === "false") return;
      throw illegalArgument(`Failed to parse value [${text}] as only [true] or [false] are allowed.`);
    case "integer":
      checkNumber(definition, text, /^-?\d{1,10}$/.test(text), String);
      return;
    case "fraction":
      checkNumber(definition, text, text.trim() !== "" && Number.isFinite(Number(text)), withFraction);
      return;
    case "bytes":
      if (BYTES.test(text)) return;
      throw badSize(definition.key, text);
    case "list":
      if (definition.safeRegexes) for (const pattern of listOf(value)) checkRegexSafety(pattern);
      return;
    default:
      return;
  }
}

function checkNumber(
  definition: SettingDefinition & { min?: number; max?: number },
  text: string,
  isNumber: boolean,
  render: (bound: number) => string,
): void {
  const problem = `Failed to parse value [${text}] for setting [${definition.key}]`;
  if (!isNumber) {
    const causedBy = { type: "number_format_exception", reason: `For input string: "${text}"` };
    throw illegalArgument(problem, causedBy);
  }
  const value = Number(text);
  if (definition.min !== undefined && value < definition.min) {
    throw illegalArgument(`${problem} must be >= ${render(definition.min)}`);
  }
  if (definition.max !== undefined && value > definition.max) {
    throw illegalArgument(`${problem} must be <= ${render(definition.max)}`);
  }
}

function withFraction(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function badSize(key: string, text: string): ApiError {
  const problem = "unit is missing or unrecognized";
  const reason = `failed to parse setting [${key}] with value [${text}] as a size in bytes: ${problem}`;
  return illegalArgument(reason, { type: "parse_exception", reason });
}

/** The default as it is shown by `include_defaults`. */
export function defaultValue(definition: SettingDefinition): SettingValue {
  return definition.type === "list" ? definition.default : String(definition.default);
}

/** A list setting's entries; a list sent as text is cut at commas. */
export function listOf(value: SettingValue): readonly string[] {
  if (typeof value !== "string") return value;
  return value === "" ? [] : value.split(",").map((entry) => entry.trim());
}
