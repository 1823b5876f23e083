import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { THEMES } from "../../../diagnosis/themes";
import { repository } from "../../support/documents/document";

const TOOL = join(repository, "tools", "docs", "troubleshooting.mjs");

describe("docs/troubleshooting.md", () => {
  it("is what tools/docs/troubleshooting.mjs makes of the tables; run it after npm run build", async () => {
    const { troubleshootingPage } = (await import(TOOL)) as { troubleshootingPage: (themes: typeof THEMES) => string };
    const page = readFileSync(join(repository, "docs", "troubleshooting.md"), "utf8");
    expect(page).toBe(troubleshootingPage(THEMES));
  });
});
