import { OLLAMA_SYMPTOMS } from "./ollama-symptoms";
import type { Symptom } from "./symptom";
import { SYMPTOMS } from "./symptoms";

/** A request that went to Ollama itself, or a wait for it: the same words mean another thing there. */
const TO_OLLAMA = /\b(?:GET|HEAD|POST|DELETE) \/(?:api|v1)\/|\bfor Ollama at /;

/** The row of the tables that a failure's text fits, or `undefined`. */
export function diagnose(text: string): Symptom | undefined {
  const tables = TO_OLLAMA.test(text) ? [...OLLAMA_SYMPTOMS, ...SYMPTOMS] : SYMPTOMS;
  return tables.find((symptom) => symptom.match?.test(text));
}

/**
 * The row of this name.
 *
 * @throws RangeError for a name that no row has.
 */
export function symptomOf(id: string): Symptom {
  const symptom = [...SYMPTOMS, ...OLLAMA_SYMPTOMS].find((row) => row.id === id);
  if (symptom === undefined) throw new RangeError(`There is no row ${id} in the tables of diagnosis/.`);
  return symptom;
}

const UNKNOWN_CAUSE = {
  cause: "Not one of the known ones; the server's own words are above.",
  fix: "Look into the server's log at this moment.",
} as const;

/** Cause and fix for a failure's text, with an honest answer for one that is not known. */
export function causeAndFix(text: string): { readonly cause: string; readonly fix: string } {
  const { cause, fix } = diagnose(text) ?? UNKNOWN_CAUSE;
  return { cause, fix };
}
