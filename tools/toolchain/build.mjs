// Compiles the package with its own TypeScript and bundles the page, from any working directory. `npm run build` and `prepare` run it.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, fingerprintFile } from "./fingerprint.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
// An installed package has no sources to compile.
if (!existsSync(join(root, "tsconfig.json"))) process.exit(0);
if (!existsSync(tsc)) {
  console.error("The TypeScript compiler is not installed. Run npm ci first.");
  process.exit(1);
}
// Taken before the compiler starts, so that an edit during the build leaves it stale.
const built = fingerprint(root);
rmSync(fingerprintFile(root), { force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.json")], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  // Loaded only now, so that a missing package gets the message above.
  const { buildPage } = await import("./build-page.mjs");
  await buildPage(root);
  mkdirSync(join(root, "dist"), { recursive: true });
  // npm makes a bin executable on installation, but not after a rebuild.
  chmodSync(join(root, "dist", "cli", "main.js"), 0o755);
  writeFileSync(fingerprintFile(root), built);
}
process.exit(status ?? 1);
