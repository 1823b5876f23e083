import { report } from "../../clients/report";
import { nameOf } from "./explain";

/** Says which inputs the program no longer has, where the server knows no way to take a value back. */
export function warnOfDropped(kind: string, olds: object, news: object, keys: readonly string[]): void {
  const [before, after] = [olds as Record<string, unknown>, news as Record<string, unknown>];
  const dropped = keys.filter((key) => before[key] !== undefined && after[key] === undefined);
  if (dropped.length === 0) return;
  report(
    `warning: ${kind} ${nameOf(news)}: the server keeps its ${dropped.join(", ")}, since it cannot remove what was once set`,
  );
}
