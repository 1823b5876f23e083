// A hash of everything the compiler reads, so that "is dist up to date?" costs milliseconds and survives a checkout,
// which resets every file's time.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where a build leaves the fingerprint of the sources it compiled. */
export const fingerprintFile = (root) => join(root, "dist", ".fingerprint");

/** The hash of the TypeScript sources that tsconfig.json includes, of tsconfig.json itself and of the lock file. */
export function fingerprint(root) {
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const files = ["tsconfig.json", "package-lock.json", ...include.flatMap((entry) => sources(root, entry))];
  const hash = createHash("sha256");
  for (const file of files.filter((name) => existsSync(join(root, name)))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** Whether dist was built from exactly the sources that are there now. */
export function isBuilt(root) {
  const file = fingerprintFile(root);
  return existsSync(file) && readFileSync(file, "utf8") === fingerprint(root);
}

function sources(root, entry) {
  const path = join(root, entry);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [entry];
  return readdirSync(path, { recursive: true })
    .map((name) => join(entry, name))
    .filter((name) => name.endsWith(".ts"))
    .sort();
}
