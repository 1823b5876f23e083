import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { temporaryFolder } from "./temporary-folder";

/** Puts a program first on PATH that writes these lines to standard error and fails. */
export function fakeFailing(name: string, said: readonly string[]): void {
  const folder = temporaryFolder();
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\ncat >&2 <<'END'\n${said.join("\n")}\nEND\nexit 1\n`);
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", [folder, process.env.PATH].join(delimiter));
}
