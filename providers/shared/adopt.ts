import { ExplainedError } from "../../diagnosis/explained-error";

/** The failure of a take-over by an id that the cluster does not know. */
export function nothingToAdopt(kind: string, id: string, endpoint: string): ExplainedError {
  return new ExplainedError({
    what: `There is no ${kind} ${id} on ${endpoint}.`,
    cause: "adoptId names an object that was deleted, or that is on another cluster.",
    fix: "Correct adoptId, or leave it out to have a new one made.",
  });
}
