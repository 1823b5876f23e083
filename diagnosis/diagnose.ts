import { OLLAMA_SYMPTOMS } from "./ollama-symptoms";
import type { Symptom } from "./symptom";
import { SYMPTOMS } from "./symptoms";
import { ANSWERS } from "./themes/answers";
import { CONNECTION } from "./themes/connection";
import { CONTAINERS } from "./themes/containers";

/** A request that went to Ollama itself, or a wait for it: the same words mean another thing there. */
const TO_OLLAMA = /\b(?:GET|HEAD|POST|DELETE) \/(?:api|v1)\/|\bfor Ollama at /;
/** What OpenSearch alone says or refuses is not among them, its passwords and rights least of all. */
const OF_OLLAMA: readonly Symptom[] = [...OLLAMA_SYMPTOMS, ...ANSWERS, ...CONTAINERS, ...CONNECTION];

/** The row of the tables that a failure's text fits, or `undefined`. The text names the request, and so who answered. */
export function diagnose(text: string): Symptom | undefined {
  const table = TO_OLLAMA.test(text) ? OF_OLLAMA : SYMPTOMS;
  return table.find((symptom) => symptom.match?.test(text));
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

/** Cause and fix for a failure's text, with an honest answer for one that is not known. */
export function causeAndFix(text: string): { readonly cause: string; readonly fix: string } {
  const { cause, fix } = diagnose(text) ?? {
    cause: "Not one of the known ones; the server's own words are above.",
    fix: `Look into ${TO_OLLAMA.test(text) ? "Ollama's" : "the server's"} log at this moment.`,
  };
  return { cause, fix };
}
