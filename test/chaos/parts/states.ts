import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { ResourceWorld, type Spec } from "../../engine/support/resource-world";
import { filled, readRecord, recordFile } from "../../states/record";
import { recreate } from "../../states/replay";
import { startOllama } from "../../support/ollama";
import type { ServerAddress } from "../../support/opensearch/address";
import type { Finding, Trial } from "../findings";
import type { Part } from "../part";
import { lastWords } from "../world";

/** Releases with a recorded state. */
export const versions = (): string[] =>
  readdirSync(dirname(recordFile("")))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(/\.json$/, ""));

/** Continues a stack of each recorded release with the current version. */
export const states: Part = {
  id: "states",
  title: "stacks of earlier releases",
  counted: true,
  trials: async () => versions().length,
  run: async (server, number) => await stateTrial(server, number),
};

async function stateTrial(server: ServerAddress, number: number): Promise<Trial> {
  const version = versions()[number] ?? "";
  const record = readRecord(version);
  const findings: Finding[] = [];
  const ollama = await startOllama();
  const world = await ResourceWorld.start("recorded", { server });
  try {
    const before = JSON.stringify(await world.settings());
    const values = await recreate(record, world, ollama.endpoint);
    world.declare(filled(record.program, values) as readonly Spec[]);
    world.project.write("state.json", JSON.stringify(filled(record.export, values)));
    const run = async (column: Finding["column"], ...args: string[]) => {
      const { code, output } = await world.project.cli(...args);
      if (code !== 0) findings.push({ column, text: `${args.join(" ")}: ${lastWords(output)}` });
    };
    await run("stuck", "stack", "import", "--file", "state.json");
    await run("differs", "preview", "--expect-no-changes");
    await run("differs", "refresh", "--yes", "--skip-preview", "--expect-no-changes");
    await run("differs", "up", "--yes", "--skip-preview", "--expect-no-changes");
    await run("stuck", "destroy", "--yes", "--skip-preview");
    const left = [...(await world.counts()), (await world.indices()).length];
    if (left.some((count) => count > 0)) findings.push({ column: "orphaned", text: `left: ${left.join(", ")}` });
    const after = JSON.stringify(await world.settings());
    if (after !== before) findings.push({ column: "settings", text: `settings are ${after}, and were ${before}` });
    return { seed: number, story: `a stack of ${version}`, findings, again: 0, later: false };
  } finally {
    await world.stop();
    await ollama.stop();
  }
}
