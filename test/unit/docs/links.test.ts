import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { type Document, documents, readDocument, repository } from "../../support/documents/document";

const all = documents();

describe("the links in the documents", () => {
  it("each one inside the repository leads to a file that is there", () => {
    const broken = inside(all).filter(({ path }) => !existsSync(join(repository, path)));
    expect(broken.map(({ place }) => place)).toEqual([]);
  });

  it("each one to a heading leads to a heading that is there", () => {
    const byFile = new Map(all.map((document) => [document.file, document]));
    const broken = inside(all).filter(
      ({ path, anchor }) => anchor !== undefined && !byFile.get(path)?.anchors.has(anchor),
    );
    expect(broken.map(({ place }) => place)).toEqual([]);
  });

  it("each page of docs/ is reached from docs/README.md", () => {
    const byFile = new Map(all.map((document) => [document.file, document]));
    const reached = new Set<string>();
    const visit = (file: string) => {
      const document = byFile.get(file);
      if (reached.has(file) || document === undefined) return;
      reached.add(file);
      for (const { path } of inside([document])) visit(path);
    };
    visit("docs/README.md");
    const pages = all.map(({ file }) => file).filter((file) => file.startsWith("docs/"));
    expect(pages.filter((file) => !reached.has(file))).toEqual([]);
  });

  it("headings get the anchors that GitHub gives them", () => {
    const text = "# What a `change` does\n\n## Ask it\n\n## Ask it\n\n### GPUs, on 2 hosts: *not* run\n";
    expect([...readDocument("a.md", text).anchors]).toEqual([
      "what-a-change-does",
      "ask-it",
      "ask-it-1",
      "gpus-on-2-hosts-not-run",
    ]);
  });
});

function inside(among: readonly Document[]) {
  return among.flatMap(({ file, links }) =>
    links
      .filter(({ target }) => !/^[a-z]+:/i.test(target))
      .map(({ line, target }) => {
        const [path = "", anchor] = target.split("#");
        const resolved = path === "" ? file : normalize(join(dirname(file), decodeURIComponent(path)));
        return { place: `${file}:${line}: ${target}`, path: resolved, anchor };
      }),
  );
}
