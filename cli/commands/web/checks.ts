import type { CheckEvent, CheckResult } from "../../../web/protocol";
import type { Access } from "../../access/access";
import { CHECKS } from "../doctor/checks/all";
import { OUTPUTS, readable, withoutSecrets } from "../doctor/doctor";
import type { Machine } from "../doctor/machine";
import { type CheckResult as DoctorResult, runChecks } from "../doctor/run-checks";
import { Scene } from "../doctor/scene";

/** Runs doctor's checks, and tells each result as it comes. Nothing is repaired. */
export async function examine(
  access: Access,
  machine: Machine,
  secrets: readonly string[],
  send: (event: CheckEvent) => void,
): Promise<void> {
  const shown = [OUTPUTS, ...CHECKS].map(({ id, title, group }) => ({ id, title, group }));
  send({ type: "checks", checks: shown });
  const tell = (result: DoctorResult) => send({ type: "result", result: resultOf(withoutSecrets(result, secrets)) });
  tell(readable(access));
  await runChecks(CHECKS, new Scene(access, machine, ANSWER_SECONDS), tell);
  send({ type: "done" });
}

/** Time limit for a model's answer. */
const ANSWER_SECONDS = 120;

function resultOf({ id, title, group, status, seen, cause, fix }: DoctorResult): CheckResult {
  return { id, title, group, status, seen, cause: cause ?? null, fix: fix ?? null };
}
