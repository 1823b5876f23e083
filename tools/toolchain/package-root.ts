import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout's folder, found from the sources and from `dist` alike. */
export const packageRoot = nearestPackage(__dirname);

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("The toolchain's files lie outside the package; run it from a checkout.");
  return nearestPackage(parent);
}
