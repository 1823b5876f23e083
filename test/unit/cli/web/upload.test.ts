import { afterEach, describe, expect, it } from "vitest";
import { thisMachine } from "../../../../cli/commands/doctor/machine";
import { pathProblem } from "../../../../cli/commands/web/documents";
import { type RunningWeb, startWeb } from "../../../../cli/commands/web/server";
import { explanationOf } from "../../../../cli/report-failure";

describe("the path of an uploaded file", () => {
  it("may lie in folders", () => {
    for (const path of ["a.md", "handbook/leave days.md", "a/b/c.TXT", "größe/日本.markdown"]) {
      expect([path, pathProblem(path)]).toEqual([path, undefined]);
    }
  });

  it("never leads out of the upload's folder", () => {
    for (const path of ["../a.md", "a/../../b.md", "/etc/a.md", "a//b.md", "", "a/"]) {
      expect([path, pathProblem(path)]).toEqual([path, "has a path that leads elsewhere"]);
    }
    for (const path of ["..\\a.md", "a\0.md", "a\n.md", `${"a/".repeat(600)}b.md`]) {
      expect([path, pathProblem(path)]).toEqual([path, "has a name that cannot be used"]);
    }
  });

  it("is refused with the reason where rag ingest would pass it over", () => {
    expect(pathProblem(".hidden.md")).toBe("is hidden");
    expect(pathProblem("node_modules/x/readme.md")).toBe("is hidden");
    expect(pathProblem("plan.pdf")).toBe("is of another kind; only .md, .markdown, .txt are read");
    expect(pathProblem(`${"x".repeat(260)}.md`)).toBe("has a name that is too long");
  });
});

describe("an upload", () => {
  let web: RunningWeb;

  afterEach(async () => await web.close());

  async function sent(body: RequestInit["body"], headers: Record<string, string> = {}): Promise<[number, unknown]> {
    web = await startWeb({
      access: { source: "flags and environment", api: "generate", ollamaEndpoint: "http://127.0.0.1:1" },
      machine: thisMachine({}),
      port: 0,
      gate: {},
      timeoutSeconds: 5,
      version: "test",
      secrets: [],
      files: new Map(),
      problemOf: (error) => explanationOf(error, []),
    });
    const own = `http://127.0.0.1:${web.port}`;
    const answer = await fetch(`${own}/api/documents`, { method: "POST", body, headers: { origin: own, ...headers } });
    const [line = ""] = (await answer.text()).split("\n");
    const told = JSON.parse(line) as { error?: { what: string }; problem?: { what: string } };
    return [answer.status, (told.error ?? told.problem)?.what];
  }

  it("without a file is refused", async () => {
    const form = new FormData();
    form.append("file", "just text");
    expect(await sent(form)).toEqual([400, "The upload holds no file."]);
  });

  it("that is no form is refused", async () => {
    expect(await sent("no form", { "content-type": "text/plain" })).toEqual([400, "The upload holds no file."]);
  });

  it("of more than 500 files is refused", async () => {
    const form = new FormData();
    for (let number = 0; number <= 500; number += 1) form.append("file", new File(["x"], `${number}.md`));
    expect(await sent(form)).toEqual([400, "The upload holds 501 files, more than 500."]);
  });

  it("says where there is no index for it", async () => {
    const form = new FormData();
    form.append("file", new File(["x"], "a.md"));
    expect(await sent(form)).toEqual([200, "No OpenSearch is known that could hold documents."]);
  });
});
