import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { versions } from "../chaos/parts/states";
import { filled, readRecord } from "../states/record";
import { recreate } from "../states/replay";
import { type RunningOllama, startOllama } from "../support/ollama";
import { type Json, ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine, hasOllama } from "./support/toolchain";

describe.skipIf(!hasEngine || !hasOllama).each(versions())("a stack that release %s made", (version) => {
  let world: ResourceWorld;
  let ollama: RunningOllama;
  let before: Json;

  beforeAll(async () => {
    ollama = await startOllama();
    world = await ResourceWorld.start("recorded");
    before = await world.settings();
    const record = readRecord(version);
    const values = await recreate(record, world, ollama.endpoint);
    world.declare(filled(record.program, values) as readonly Spec[]);
    world.project.write("state.json", JSON.stringify(filled(record.export, values)));
    const imported = await world.project.cli("stack", "import", "--file", "state.json");
    expect(imported.code, imported.output).toBe(0);
  });

  afterAll(async () => {
    await world?.stop();
    await ollama?.stop();
  });

  it("shows no change in a preview", async () => {
    const run = await world.project.preview("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("shows no change in a refresh", async () => {
    const run = await world.project.refresh("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
  });

  it("is left as it is by an up, and its model answers", async () => {
    const run = await world.project.up("--expect-no-changes");
    expect(run.code, run.output).toBe(0);
    await world.predict(world.id("model"));
  });

  it("is taken down with nothing left of it", async () => {
    const run = await world.project.destroy();
    expect(run.code, run.output).toBe(0);
    expect(await world.counts()).toEqual([0, 0, 0]);
    expect(await world.indices()).toEqual([]);
    expect(await world.settings()).toEqual(before);
  });
});
