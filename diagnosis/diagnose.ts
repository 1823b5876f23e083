import { SYMPTOMS, type Symptom } from "./symptoms";

/** The row of the table that a failure's text fits, or `undefined`. */
export function diagnose(text: string): Symptom | undefined {
  return SYMPTOMS.find((symptom) => symptom.match.test(text));
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
