import { cpSync, linkSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Recreates a tree with hard links, which takes no space. Copies where links are impossible. */
export function linkTree(source: string, target: string): void {
  const status = lstatSync(source);
  if (status.isDirectory()) {
    mkdirSync(target, { recursive: true });
    for (const entry of readdirSync(source)) linkTree(join(source, entry), join(target, entry));
    return;
  }
  if (status.isSymbolicLink()) {
    cpSync(source, target, { verbatimSymlinks: true });
    return;
  }
  try {
    linkSync(source, target);
  } catch {
    cpSync(source, target);
  }
}
