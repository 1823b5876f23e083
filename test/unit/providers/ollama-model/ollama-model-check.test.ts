import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OllamaModelInputs, OllamaModelState } from "../../../../providers/ollama-model/inputs";
import { ollamaModelLifecycle as lifecycle } from "../../../../providers/ollama-model/lifecycle";
import { UNKNOWN } from "../../../../providers/shared/unknown";

const INPUTS: OllamaModelInputs = { endpoint: "http://localhost:11434", model: "smollm2:135m" };
const failures = (news: object) => lifecycle.check({ ...INPUTS, ...news }, {}).failures;

describe("check", () => {
  it("accepts what the manual shows", () => {
    expect(failures({})).toEqual([]);
    expect(failures({ from: "base:1", system: "s", template: "t", parameters: { stop: ["a"], num_ctx: 1 } })).toEqual(
      [],
    );
    for (const keepAlive of ["30s", "5m", "1h30m", "-1", "0"])
      expect(failures({ warmUp: true, keepAlive })).toEqual([]);
  });

  it("values that are not known yet pass", () => {
    const unknown = { endpoint: UNKNOWN, model: UNKNOWN, from: UNKNOWN, system: UNKNOWN, parameters: UNKNOWN };
    expect(failures({ ...unknown, warmUp: UNKNOWN, keepAlive: "5m" })).toEqual([]);
  });

  it.each([
    [
      { model: "" },
      "model",
      'model is "": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [
      { model: undefined },
      "model",
      "model is missing: must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag",
    ],
    [
      { endpoint: "localhost" },
      "endpoint",
      'endpoint is "localhost": must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200',
    ],
    [{ system: "s" }, "system", 'system requires from: name the model to create "smollm2:135m" from.'],
    [{ from: "smollm2:135m" }, "from", 'from is "smollm2:135m": must differ from model.'],
    [
      { from: "b:1", source: "h:1/n/m:1" },
      "source",
      "source is only for a model that is pulled; with from it is created on the server.",
    ],
    [{ from: "b:1", system: "" }, "system", 'system is "": must not be empty: leave it out to keep the base model\'s'],
    [{ keepAlive: "5m" }, "keepAlive", "keepAlive says how long the warmed-up model stays: set warmUp: true."],
    [
      { loadOptions: { num_ctx: 4096 } },
      "loadOptions",
      "loadOptions says how the model is loaded for the warm-up: set warmUp: true.",
    ],
    [
      { warmUp: true, loadOptions: "4096" },
      "loadOptions",
      'loadOptions is "4096": must be an object such as { num_predict: 256, num_ctx: 4096 }',
    ],
    [
      { warmUp: true, keepAlive: "5 minutes" },
      "keepAlive",
      'keepAlive is "5 minutes": must be a duration with its unit, such as "30s", "5m" or "24h", a whole number of seconds, or "-1" for ever',
    ],
    [
      { expectedDigest: "abc" },
      "expectedDigest",
      'expectedDigest is "abc": must be 12 to 64 hex digits, as `ollama list` shows them',
    ],
    [{ timeouts: { createSeconds: 0 } }, "timeouts", "timeouts.createSeconds is 0: must be above 0"],
  ])("%j is refused in words", (news, property, reason) => {
    expect(failures(news)).toEqual([{ property, reason }]);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.jsonValue(), (news) => void lifecycle.check(news, {})));
    const keyed = fc.record({
      endpoint: fc.jsonValue(),
      model: fc.jsonValue(),
      from: fc.jsonValue(),
      keepAlive: fc.jsonValue(),
    });
    fc.assert(fc.property(keyed, (news) => void lifecycle.check(news, {})));
  });
});

describe("diff", () => {
  const name = fc.constantFrom("smollm2:135m", "smollm2", "me/x:1", "h:1/n/m:t");
  const inputs: fc.Arbitrary<OllamaModelInputs> = fc.record(
    {
      endpoint: fc.webUrl(),
      model: name,
      from: name,
      system: fc.string(),
      parameters: fc.dictionary(fc.string(), fc.jsonValue()),
      template: fc.string(),
      source: name,
      insecure: fc.boolean(),
      warmUp: fc.boolean(),
      keepAlive: fc.constantFrom("5m", "-1"),
      retainOnDelete: fc.boolean(),
      timeouts: fc.record({ createSeconds: fc.nat() }),
      owner: fc.string(),
    },
    { requiredKeys: ["endpoint", "model"] },
  );
  const stateOf = (some: OllamaModelInputs): OllamaModelState => ({
    ...some,
    digest: "a".repeat(64),
    sizeBytes: 1,
    modifiedAt: "2026-11-22T10:00:00Z",
    pulled: true,
    fromPulled: false,
    schemaVersion: 1,
  });

  it("is empty for what was just made, whatever the inputs", () => {
    fc.assert(
      fc.property(inputs, fc.string(), (some, owner) => {
        expect(lifecycle.diff("id", stateOf(some), { ...some, owner })).toEqual({ changes: false, replaces: [] });
      }),
    );
  });

  it("replaces for another model only", () => {
    fc.assert(
      fc.property(inputs, inputs, (olds, news) => {
        const { replaces } = lifecycle.diff("id", stateOf(olds), news);
        const same = olds.model === news.model;
        expect(replaces).toEqual(same ? [] : ["model"]);
      }),
    );
  });
});
