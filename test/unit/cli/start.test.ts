import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../../support/documents/document";

describe("the start of ollama-chat ask", () => {
  it("loads no package but the parser of its flags before the question is on its way", () => {
    const files = ["cli/main.ts", "cli/program.ts", "cli/ask.ts", "cli/find-access.ts"];
    expect([...packagesLoadedWith(files)]).toEqual(["commander"]);
  });

  it("is told apart from code that does load others", () => {
    expect(packagesLoadedWith(["cli/answering/find-ollama.ts"])).toContain("ollama/browser");
    expect(packagesLoadedWith(["cli/stack-outputs.ts"])).toContain("zod");
  });
});

/** Packages that load when these files do: what they import, and what that imports, but neither types nor `import()`. */
function packagesLoadedWith(files: readonly string[]): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const load = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(join(repository, file), "utf8");
    for (const [, target = ""] of text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s*"([^"]+)"/gm)) {
      if (target.startsWith(".")) load(`${join(dirname(file), target)}.ts`);
      else if (!target.startsWith("node:")) packages.add(target);
    }
  };
  files.forEach(load);
  return packages;
}
