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
 * Known failures, most particular first. A test makes a real OpenSearch 3.6.0, Ollama, Pulumi or Docker say whatever a
 * row looks for, or the row tells where it stands; the issue numbers are those of opensearch-project/ml-commons unless a
 * row names another project.
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

/** The rows that count for what a server says, most particular first: the same words of another one mean another thing. */
const TABLES: Readonly<Record<Server, readonly Symptom[]>> = {
  opensearch: SYMPTOMS,
  ollama: [...OLLAMA_SYMPTOMS, ...ANSWERS, ...CONTAINERS, ...CONNECTION],
  docker: CONTAINERS,
  pulumi: INTERRUPTED,
};

/** The row of the tables that a failure fits, or `undefined`. Of a text alone, OpenSearch's table is asked. */
export function diagnose(error: unknown): Symptom | undefined {
  return symptomFor(failureOf(error));
}

/** The same for a failure that is no error. */
export function symptomFor(failure: Failure): Symptom | undefined {
  // What a wait saw last tells more than that it was too long.
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
 * The row of this name.
 *
 * @throws RangeError for a name that no row has.
 */
export function symptomOf(id: string): Symptom {
  const symptom = [...SYMPTOMS, ...OLLAMA_SYMPTOMS].find((row) => row.id === id);
  if (symptom === undefined) throw new RangeError(`There is no row ${id} in the tables of diagnosis/.`);
  return symptom;
}

/** Cause and fix for a failure, with an honest answer for one that is not known. */
export function causeAndFix(error: unknown): { readonly cause: string; readonly fix: string } {
  const { cause, fix } = diagnose(error) ?? {
    cause: "Not one of the known ones; the server's own words are above.",
    fix: `Look into ${failureOf(error).server === "ollama" ? "Ollama's" : "the server's"} log at this moment.`,
  };
  return { cause, fix };
}

export type { Symptom } from "./symptom";
