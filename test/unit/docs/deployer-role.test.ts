import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "../../support/documents/document";

it("docs/security.md shows docs/roles/deployer.json as it is", () => {
  const read = (...path: string[]) => readFileSync(join(repository, "docs", ...path), "utf8");
  expect(read("security.md")).toContain(`\`\`\`json\n${read("roles", "deployer.json")}\`\`\``);
});
