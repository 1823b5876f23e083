import { join } from "node:path";
import { packageRoot } from "./package-root";
import { runInForeground } from "./run";

const tool = (...path: string[]) => join(packageRoot, "node_modules", ...path);

/** `npm run check`: types, then lint and format. Stops at the first failure. */
export async function runChecks(): Promise<number> {
  const options = { cwd: packageRoot, environment: process.env };
  for (const project of ["tsconfig.check.json", join("web", "tsconfig.json")]) {
    const types = [tool("typescript", "bin", "tsc"), "-p", project];
    const code = await runInForeground(process.execPath, types, options);
    if (code !== 0) return code;
  }
  return await runInForeground(process.execPath, [tool("@biomejs", "biome", "bin", "biome"), "ci", "."], options);
}
