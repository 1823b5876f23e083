// Hashes everything the compiler reads. Tells in milliseconds whether dist is up to date, even after a checkout has
// reset every file's time.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where a build stores the fingerprint of its sources. */
export const fingerprintFile = (root) => join(root, "dist", ".fingerprint");

/** What the page is bundled from. */
const PAGE = "web";
const SOURCE = /\.(ts|tsx|css|html|svg)$/;

/** The hash of the sources in tsconfig.json and of the page, of tsconfig.json itself and of the lock file. */
export function fingerprint(root) {
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const files = ["tsconfig.json", "package-lock.json", ...[...include, PAGE].flatMap((entry) => sources(root, entry))];
  const hash = createHash("sha256");
  for (const file of files.filter((name) => existsSync(join(root, name)))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** Whether dist was built from exactly the present sources. */
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
    .filter((name) => SOURCE.test(name))
    .sort();
}
