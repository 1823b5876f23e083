import { commandLineOf, descendants } from "../../engine/support/kill";
import type { Victim } from "../stack";

/** Ids of the processes to kill for a victim. `root` is the process of the CLI. */
export function processesOf(root: number, victim: Victim): number[] {
  if (victim === "command") return [root];
  const family = [root, ...descendants(root)];
  if (victim === "all") return family;
  const pattern = victim === "provider" ? /cmd[\\/]dynamic-provider/ : /cmd[\\/]run\b/;
  return family.filter((id) => pattern.test(commandLineOf(id)));
}
