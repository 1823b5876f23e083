import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The package's version. This file lies in `cli/`, or once compiled in `dist/cli/`. */
export function packageVersion(): string {
  for (const up of ["..", "../.."]) {
    try {
      const described: unknown = JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8"));
      if (typeof described === "object" && described !== null && "version" in described) {
        return String(described.version);
      }
    } catch {
      // The other folder has it.
    }
  }
  return "unknown";
}
