import { diagnose } from "../../../diagnosis/diagnose";

/** Refusals by settings that are copied into a model when it is deployed (ml-commons #2142). */
const FROZEN: readonly string[] = ["private-address", "endpoint-not-trusted", "private-endpoint-not-trusted"];

/** Whether a model refuses by such a setting; its row in the tables. */
export function frozenRefusal(error: unknown): string | undefined {
  const id = diagnose(error)?.id;
  return id !== undefined && FROZEN.includes(id) ? id : undefined;
}
