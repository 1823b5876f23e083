import { engineChecks } from "../../../cli/commands/doctor/checks/engine";
import { thisMachine } from "../../../cli/commands/doctor/machine";
import { type CheckResult, runChecks } from "../../../cli/commands/doctor/run-checks";
import { Scene } from "../../../cli/commands/doctor/scene";
import type { Project } from "./project";

/** What doctor sees of a project's stack itself; where the first check fails, that alone. */
export async function doctor(project: Project): Promise<CheckResult[]> {
  const { stack, folder, variables } = project;
  const access = { source: "test", api: "generate", stack: { stack, folder } };
  const found = await runChecks(engineChecks, new Scene(access, thisMachine(variables), 5));
  return found[0]?.status === "fail" ? found.filter(({ status }) => status !== "skipped") : found;
}
