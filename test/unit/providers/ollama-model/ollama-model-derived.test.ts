import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OllamaModelInputs } from "../../../../providers/ollama-model/inputs";
import { ollamaModelLifecycle as lifecycle } from "../../../../providers/ollama-model/lifecycle";
import { FakeOllama } from "../../clients/ollama-fake";

const OWNER = "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:OllamaModel::terse";
const BASE = "smollm2:135m";

let fake: FakeOllama;

beforeEach(async () => {
  fake = await new FakeOllama().start();
  fake.registry.set(BASE, "e".repeat(64));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await fake.stop();
});

function inputs(more: Partial<OllamaModelInputs> = {}): OllamaModelInputs {
  const parameters = { temperature: 0, num_ctx: 4096, stop: ["<a>", "<b>"] };
  const recipe = { from: BASE, system: "Be terse.", parameters };
  return { endpoint: fake.endpoint, model: "terse:1", owner: OWNER, retainOnDelete: false, ...recipe, ...more };
}

describe("a model made with from", () => {
  it("is made of a base that is there, which stays when it goes", async () => {
    fake.add(BASE);
    const { id, state } = await lifecycle.create(inputs());
    expect(fake.writes).toEqual(["POST /api/create"]);
    expect(fake.models.get("terse:1")).toMatchObject({ from: BASE, system: "Be terse." });
    expect(state).toMatchObject({ pulled: true, fromPulled: false, digest: "d".repeat(64) });
    await lifecycle.delete(id, state);
    expect([...fake.models.keys()]).toEqual([BASE]);
  });

  it("pulls a missing base where it can be seen, and takes it along when it goes", async () => {
    const { id, state } = await lifecycle.create(inputs());
    expect(fake.writes).toEqual(["POST /api/pull", "POST /api/create"]);
    expect(state.fromPulled).toBe(true);
    await lifecycle.delete(id, state);
    expect(fake.models.size).toBe(0);
  });

  it("leaves no base behind when it cannot be made", async () => {
    fake.refuse("POST /api/create", 400, '{"error":"template: :1: unclosed action"}');
    await expect(lifecycle.create(inputs({ template: "{{" }))).rejects.toThrow(
      [
        'OllamaModel "terse": create failed: terse:1: Ollama answered POST /api/create with 400: template: :1: unclosed action',
        "  cause: The template is not a valid Go template, which Ollama requires.",
        "  fix: Correct template. `ollama show --template MODEL` prints a working one.",
      ].join("\n"),
    );
    expect(fake.models.size).toBe(0);
  });

  it("is made again when its recipe changes", async () => {
    fake.add(BASE);
    const { id, state } = await lifecycle.create(inputs());
    const news = inputs({ system: "Be verbose." });
    expect(lifecycle.diff(id, state, news)).toEqual({ changes: true, replaces: [] });
    const after = await lifecycle.update(id, state, news);
    expect(fake.models.get("terse:1")?.system).toBe("Be verbose.");
    expect(after.pulled).toBe(true);
    expect(lifecycle.diff(id, after, news).changes).toBe(false);
  });

  it("a base that was pulled for it goes when another takes its place", async () => {
    const { id, state } = await lifecycle.create(inputs());
    fake.add("other:1");
    const after = await lifecycle.update(id, state, inputs({ from: "other:1" }));
    expect([...fake.models.keys()].sort()).toEqual(["other:1", "terse:1"]);
    expect(after.fromPulled).toBe(false);
  });

  it("is used as it is when somebody made the same one, and is not owned then", async () => {
    const parameters = 'num_ctx                        4096\ntemperature 0\nstop "<a>"\nstop "<b>"\ntop_k 40';
    fake.add("terse:1", { from: BASE, system: "Be terse.", parameters });
    const { state } = await lifecycle.create(inputs());
    expect(fake.writes).toEqual([]);
    expect(state.pulled).toBe(false);
  });

  it("never overwrites one of this name that is another", async () => {
    fake.add("terse:1", { from: BASE, system: "I am somebody's." });
    await expect(lifecycle.create(inputs())).rejects.toThrow(
      [
        `OllamaModel "terse": create failed: terse:1 exists on ${fake.endpoint} with a different system, parameters, and this resource did not create it.`,
        "  cause: Somebody created it by hand or in another stack, or an earlier run was interrupted.",
        "  fix: Choose another name for model, or remove that one (ollama rm terse:1) and run again.",
      ].join("\n"),
    );
    expect(fake.writes).toEqual([]);
  });

  it("a change by hand shows in read as the input that drifted, and the next update repairs it", async () => {
    fake.add(BASE);
    const { id, state } = await lifecycle.create(inputs());
    const made = fake.models.get("terse:1");
    fake.add("terse:1", { ...made, digest: "f".repeat(64), system: "Changed by hand." });
    const seen = await lifecycle.read(id, state);
    expect(seen?.inputs).toEqual(inputs({ system: "Changed by hand." }));
    const drifted = seen?.state ?? state;
    expect(lifecycle.diff(id, drifted, inputs()).changes).toBe(true);
    await lifecycle.update(id, drifted, inputs());
    expect(fake.models.get("terse:1")?.system).toBe("Be terse.");
  });
});
