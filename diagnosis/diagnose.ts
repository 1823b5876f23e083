import { type Failure, failureOf, type Server } from "./failure";
import { OLLAMA_SYMPTOMS } from "./ollama-symptoms";
import type { Sign, Symptom } from "./symptom";
import { ANSWERS } from "./themes/answers";
import { CLUSTER } from "./themes/cluster";
import { CONNECTION } from "./themes/connection";
import { CONTAINERS } from "./themes/containers";
import { DEPLOYMENT } from "./themes/deployment";
import { DOCUMENTS } from "./themes/documents";
import { INTERRUPTED } from "./themes/interrupted";
import { OBJECTS } from "./themes/objects";
import { TRUST } from "./themes/trust";
import { USERS } from "./themes/users";

/**
 * Known failures, most specific first. Tests make a real OpenSearch 3.6.0, Ollama, Pulumi or Docker say every text that
 * a row looks for; where none can, the row states the source. Issue numbers are those of opensearch-project/ml-commons
 * unless a row names another project.
 */
export const SYMPTOMS: readonly Symptom[] = [
  ...TRUST,
  ...OBJECTS,
  ...DEPLOYMENT,
  ...ANSWERS,
  ...DOCUMENTS,
  ...INTERRUPTED,
  ...CONTAINERS,
  ...USERS,
  ...CLUSTER,
  ...CONNECTION,
];

/** The rows per server, most specific first. The same words mean different things from different servers. */
const TABLES: Readonly<Record<Server, readonly Symptom[]>> = {
  opensearch: SYMPTOMS,
  ollama: [...OLLAMA_SYMPTOMS, ...ANSWERS, ...CONTAINERS, ...CONNECTION],
  docker: CONTAINERS,
  pulumi: INTERRUPTED,
};

/** The row that matches an error, or `undefined`. A text without a known server is looked up in OpenSearch's table. */
export function diagnose(error: unknown): Symptom | undefined {
  return symptomFor(failureOf(error));
}

/** The row that matches a failure. */
export function symptomFor(failure: Failure): Symptom | undefined {
  // The last error seen during a wait says more than the time-out itself.
  const last = failure.last && symptomFor(failure.last);
  return last ?? TABLES[failure.server ?? "opensearch"].find(({ signs }) => signs?.some((sign) => fits(sign, failure)));
}

function fits({ kinds, statuses, request, says }: Sign, failure: Failure): boolean {
  return (
    (kinds === undefined || (failure.kind !== undefined && kinds.includes(failure.kind))) &&
    (statuses === undefined || (failure.status !== undefined && statuses.includes(failure.status))) &&
    (request === undefined || request.test(failure.request ?? "")) &&
    (says === undefined || says.test(failure.text))
  );
}

/**
 * The row with this id.
 *
 * @throws RangeError if no row has this id.
 */
export function symptomOf(id: string): Symptom {
  const symptom = [...SYMPTOMS, ...OLLAMA_SYMPTOMS].find((row) => row.id === id);
  if (symptom === undefined) throw new RangeError(`There is no symptom ${id} in the tables of diagnosis/.`);
  return symptom;
}

/** Cause and fix for a failure. An unknown failure is said to be unknown. */
export function causeAndFix(error: unknown): { readonly cause: string; readonly fix: string } {
  const { cause, fix } = diagnose(error) ?? {
    cause: "Unknown; the server's own words are above.",
    fix: `Check ${failureOf(error).server === "ollama" ? "Ollama's" : "the server's"} log for this time.`,
  };
  return { cause, fix };
}

export type { Symptom } from "./symptom";
