import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { FakeOllama } from "../unit/clients/ollama-fake";
import { Project } from "./support/project";
import { hasEngine } from "./support/toolchain";

const MODEL = "smollm2:135m";

const diagnostic = z.object({
  diagnosticEvent: z.object({
    urn: z.string().default(""),
    message: z.string(),
    severity: z.string(),
    ephemeral: z.boolean().default(false),
  }),
});

/** What the engine was told by hand of the program or the provider, without its own debug lines. */
function newsIn(log: string): { name: string; message: string; ephemeral: boolean }[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const event = diagnostic.safeParse(JSON.parse(line));
      if (!event.success || event.data.diagnosticEvent.severity !== "info") return [];
      const { urn, message, ephemeral } = event.data.diagnosticEvent;
      return [{ name: urn.slice(urn.lastIndexOf("::") + 2), message: message.trim(), ephemeral }];
    });
}

describe.skipIf(!hasEngine)("what a person sees of a long pull, on the real engine", () => {
  let ollama: FakeOllama;
  let project: Project;
  let log: string;
  let output: string;

  beforeAll(async () => {
    ollama = await new FakeOllama().start();
    ollama.registry.set(MODEL, "b".repeat(64));
    const layer = { status: "pulling aabbccddeeff", digest: `sha256:${"aa".repeat(32)}`, total: 4_700_000_000 };
    const moving = Array.from({ length: 5_001 }, (_, i) => ({ ...layer, completed: (layer.total / 5_000) * i }));
    ollama.pulls.push({ lines: [{ status: "pulling manifest" }, ...moving, { status: "success" }] });
    project = await Project.ofProgram("progress", "test/engine/programs/resources.js", "dev", {});
    project.configure({ resources: join(project.folder, "resources.json") });
    const args = { endpoint: ollama.endpoint, model: MODEL };
    project.write("resources.json", JSON.stringify([{ type: "OllamaModel", name: "llm", args }]));
    log = join(project.folder, "events.json");
    const run = await project.cli("up", "--yes", "--skip-preview", "--event-log", log);
    expect(run.code, run.output).toBe(0);
    output = run.output;
  });

  afterAll(async () => {
    await project?.destroy();
    await ollama?.stop();
    project?.remove();
  });

  it("5,001 lines of the server are a dozen lines with bytes and percents, on the model's own row", () => {
    const news = newsIn(log).map((item) => ({ ...item, message: item.message.replace(/[\d.]+ s$/, "N s") }));
    const of = (percent: number, done: string) => `pulling aabbccddeeff: ${percent} % (${done} of 4.7 GB)`;
    const done = ["470 MB", "940 MB", "1.4 GB", "1.9 GB", "2.4 GB", "2.8 GB", "3.3 GB", "3.8 GB", "4.2 GB", "4.7 GB"];
    const messages = [
      `pulling ${MODEL}`,
      "pulling aabbccddeeff: 4.7 GB",
      ...done.map((bytes, i) => of((i + 1) * 10, bytes)),
      "pulled in N s",
      "ready, 98 MB",
    ];
    expect(news).toStrictEqual(messages.map((message) => ({ name: "llm", message, ephemeral: true })));
  });

  it("none of them is listed again when the update is over", () => {
    expect(output).toContain("OllamaModel llm creating");
    expect(output).toContain("pulling aabbccddeeff: 50 % (2.4 GB of 4.7 GB)");
    expect(output).not.toContain("Diagnostics:");
  });
});
