import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { repository } from "../../support/documents/document";

/** Pages by path. */
type Pages = Record<string, string>;

describe("the reference", () => {
  const folder = mkdtempSync(join(tmpdir(), "ollama-chat-reference-"));
  let printed: string;
  let written: Pages;

  beforeAll(() => {
    const typedoc = join(repository, "node_modules", "typedoc", "bin", "typedoc");
    const result = spawnSync(process.execPath, [typedoc, "--out", folder], { cwd: repository, encoding: "utf8" });
    printed = result.stdout + result.stderr;
    written = pagesIn(folder);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("everything that the package exports is described, each property too", () => {
    // typedoc prints no warnings then: "undocumented", "not exported" and "broken link" are among them.
    const warnings = printed.split("\n").filter((line) => /warning|error/i.test(line));
    expect(warnings).toEqual([]);
  });

  it("there is one page for each resource and component, and the index", () => {
    const { exports } = z
      .object({ exports: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(join(repository, "package.json"), "utf8")));
    const resources = Object.keys(exports).flatMap((name) => /^\.\/provider\/(.*)$/.exec(name)?.[1] ?? []);
    const classes = resources.map((name) => name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()));
    const pages = ["README", "OllamaChatStack", "OllamaRagStack", ...classes].map((name) => `${name}.md`);
    expect(Object.keys(written).sort()).toEqual(pages.sort());
    expect(pages.length).toBeLessThan(16);
  });

  it("what lies in docs/reference is what `npm run docs` writes now", () => {
    const committed = pagesIn(join(repository, "docs", "reference"));
    expect(Object.keys(committed).sort()).toEqual(Object.keys(written).sort());
    expect(Object.keys(written).filter((page) => committed[page] !== written[page])).toEqual([]);
  });

  it("names no machine, no date and no commit", () => {
    const telling = Object.entries(written).filter(
      ([, text]) => text.includes(repository) || /blob\/|20\d\d-\d\d/.test(text),
    );
    expect(telling.map(([page]) => page)).toEqual([]);
  });
});

function pagesIn(folder: string): Pages {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
