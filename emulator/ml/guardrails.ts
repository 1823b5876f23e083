import { javaPattern } from "../cluster/regex";
import { illegalArgument } from "../errors";
import { isRecord } from "../index/mapping";
import type { JsonNode } from "../json/parse";
import { plainValue, readObject, readText } from "../json/read";

/** `guardrails` of a model. Only `local_regex` is enforced; `model` guardrails are stored and shown. */
export interface Guardrails {
  type: string;
  input_guardrail?: Record<string, unknown>;
  output_guardrail?: Record<string, unknown>;
}

export function readGuardrails(node: JsonNode): Guardrails {
  const guardrails: Guardrails = { type: "local_regex" };
  for (const { name, value } of readObject(node)) {
    if (name === "type") guardrails.type = readText(value);
    if (name === "input_guardrail" || name === "output_guardrail") {
      const guardrail = plainValue(value);
      if (isRecord(guardrail)) guardrails[name] = guardrail;
    }
  }
  if (guardrails.type !== "local_regex" && guardrails.type !== "model") {
    throw illegalArgument("The type of guardrails is required, can not be null.");
  }
  return guardrails;
}

/** Refuses a text that a guardrail's expression matches as a whole. */
export function enforceGuardrail(guardrails: Guardrails | undefined, side: "input" | "output", text: string): void {
  if (guardrails?.type !== "local_regex") return;
  const patterns = guardrails[`${side}_guardrail`]?.regex;
  if (!Array.isArray(patterns)) return;
  if (!patterns.some((pattern) => javaPattern(String(pattern)).test(text))) return;
  throw illegalArgument(`guardrails triggered for ${side === "input" ? "user input" : "LLM output"}`);
}
