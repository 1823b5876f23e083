import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { wireDuration } from "../../../../clients/ollama/duration";
import { typedOptions } from "../../../../clients/ollama/options";
import * as values from "../../../../providers/shared/values";

const problem = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

const TAKEN: readonly (readonly [keyof typeof values, z.ZodType, readonly unknown[]])[] = [
  ["seconds", values.seconds, [0.5, 1, 2_147_483]],
  ["wholeSeconds", values.wholeSeconds, [1, 300]],
  ["count", values.count, [0, 2_147_483_647]],
  ["port", values.port, [1, 9200, 65_535]],
  ["dimension", values.dimension, [1, 384, 16_000]],
  ["modelName", values.modelName, ["smollm2", "smollm2:135m", "hf.co/user/Repo-GGUF:Q4_K_M", "h:5000/ns/name:tag"]],
  ["keepAlive", values.keepAlive, ["5m", "1h30m", "1.5h", "-1", "-5m", -1, 0, "0", 300, "300", "500ms", "2562047h"]],
  ["heap", values.heap, ["1g", "512m", "64m", "1048576k", "31G", "1024g"]],
  [
    "image",
    values.image,
    [
      "ollama/ollama",
      "ollama/ollama:0.17.4",
      "opensearch",
      "registry.example.com:5000/team/opensearch:3.6.0",
      "localhost:5000/a",
      "[::1]:5000/a:b",
      `ollama/ollama:0.17.4@sha256:${"a".repeat(64)}`,
      "a__b/c--d.e_f",
    ],
  ],
  [
    "gpus",
    values.gpus,
    ["all", "2", "device=0", "device=0,2", '"device=0,2"', "device=GPU-3a23:1", "count=1", "all,capabilities=utility"],
  ],
];

const REFUSED: readonly (readonly [keyof typeof values, z.ZodType, readonly unknown[]])[] = [
  ["seconds", values.seconds, [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e99, 2_147_484, "30"]],
  ["wholeSeconds", values.wholeSeconds, [0, 1.5, -1, Number.NaN, 1e99, 2_147_484]],
  ["count", values.count, [-1, 0.5, 2_147_483_648, Number.NaN, 1e99]],
  ["port", values.port, [0, -1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e99, "9200"]],
  ["dimension", values.dimension, [0, -1, 16_001, 0.5, Number.NaN, 1e99]],
  [
    "modelName",
    values.modelName,
    ["", " ", "two words", "a:b:c", "a\n", "a\u00a0b", "a".repeat(81), "../a", "a/b/c/d"],
  ],
  [
    "keepAlive",
    values.keepAlive,
    [
      "",
      "5 minutes",
      "1.5",
      "m",
      "5d",
      "5M",
      " 5m",
      "5m ",
      "1h 30m",
      "for ever",
      1.5,
      Number.NaN,
      "9999999h",
      1e99,
      true,
    ],
  ],
  [
    "heap",
    values.heap,
    ["", "1", "1 GB", "1gb", "-1g", "0g", "1m", "1.5g", "2000g", "99999999999999g", "1g -Xss1m", "1t"],
  ],
  [
    "image",
    values.image,
    [
      "",
      " ",
      "Ollama/Ollama",
      "ollama/ollama:",
      "ollama/ollama:a b",
      "ollama//ollama",
      "https://example.com/a",
      "a:b:c",
      "a@sha256:abc",
      "-a",
      "a/",
      "a".repeat(600),
      "a".repeat(64),
      `ollama:${"t".repeat(129)}`,
    ],
  ],
  [
    "gpus",
    values.gpus,
    ["", "none", "0", "-1", "device=", "device=0, 2", "all,device=0", "1,2", "gpu=1", "device=0;1", "true"],
  ],
];

describe.each(TAKEN)("%s", (name, schema, all) => {
  it.each(all)("takes %j", (value) => {
    expect([name, value, problem(schema, value)]).toStrictEqual([name, value, undefined]);
  });
});

describe.each(REFUSED)("%s", (name, schema, all) => {
  it.each(all)("refuses %j, in our own words", (value) => {
    expect([name, value, problem(schema, value)]).toStrictEqual([name, value, expect.stringMatching(/^must be /)]);
  });
});

describe("GPUs", () => {
  it.each([
    ["all", "all"],
    ["device=0", "device=0"],
    ["device=0,2", '"device=0,2"'],
    ['"device=0,2"', '"device=0,2"'],
  ])("%s are asked of Docker's provider as %s, which reads them by commas", (given, sent) => {
    expect(values.gpuRequest(given)).toBe(sent);
  });
});

describe("what Ollama keeps loaded", () => {
  it.each([
    ["5m", "5m"],
    ["-1", -1],
    [-1, -1],
    [300, 300],
    ["300", 300],
    ["0", 0],
    [undefined, undefined],
  ])("%j is sent as %j", (given, sent) => expect(wireDuration(given)).toBe(sent));
});

describe("options of a model", () => {
  it("that came as text are sent as what they are", () => {
    const given = { num_predict: "64", temperature: "0.5", top_p: "1e-1", use_mmap: "false", stop: "\n", other: "1" };
    const sent = { num_predict: 64, temperature: 0.5, top_p: 0.1, use_mmap: false, stop: ["\n"], other: "1" };
    expect(typedOptions(given)).toStrictEqual(sent);
    expect(typedOptions(sent)).toStrictEqual(sent);
    expect(problem(values.modelOptions, given)).toBeUndefined();
  });

  it.each([
    [{ num_predict: "many" }, "must be a whole number"],
    [{ num_predict: 1.5 }, "must be a whole number"],
    [{ num_ctx: "4k" }, "must be a whole number"],
    [{ seed: 1e99 }, "must be a whole number"],
    [{ temperature: "hot" }, "must be a number"],
    [{ temperature: Number.NaN }, "must be a number"],
    [{ temperature: "" }, "must be a number"],
    [{ use_mmap: "maybe" }, "must be true or false"],
    [{ stop: [1] }, "must be a text or a list of texts"],
    [[], "must be an object such as { num_predict: 256, num_ctx: 4096 }"],
  ])("%j is refused", (options, rule) => expect(problem(values.modelOptions, options)).toBe(rule));
});
