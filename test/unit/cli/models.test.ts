import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guide } from "../../../cli/commands/models/guide";
import { GUIDE_MODELS } from "../../../cli/commands/models/guide-models";
import { fitOf, memoryBytes } from "../../../cli/commands/models/memory";
import { loadedFor } from "../../../cli/commands/models/text";
import { displayWidth } from "../../../cli/terminal/width";
import { ChatServer } from "../../support/chat-server";
import { commandLine } from "../../support/command-line";

describe("the memory of a model", () => {
  it("is its weights and the keys and values of 4096 tokens", () => {
    const shape = { layers: 32, keyValueHeads: 8, headSize: 128, contextTokens: 32_768 };
    expect(memoryBytes(4_372_824_384, shape)).toBe(4_372_824_384 + 2 * 32 * 8 * 128 * 4096 * 2);
  });

  it("is within 2 % of what Ollama 0.17.4 showed for smollm2:135m in Q4_1", () => {
    const shape = { layers: 30, keyValueHeads: 3, headSize: 64, contextTokens: 8192 };
    expect(Math.abs((memoryBytes(98_363_149, shape) ?? 0) / 190_948_608 - 1)).toBeLessThan(0.02);
  });

  it("counts no more tokens than the model was made for", () => {
    const shape = { layers: 1, keyValueHeads: 1, headSize: 1, contextTokens: 2048 };
    expect(memoryBytes(0, shape)).toBe(2 * 2048 * 2);
  });

  it("is not guessed where the shape is unknown", () => {
    expect(memoryBytes(1, { layers: 30 })).toBeUndefined();
  });

  it.each([
    [10, "fits"],
    [11, "tight"],
    [20, "tight"],
    [21, "too big"],
  ])("of %i in a machine with 10 of 20 free is %s", (needed, fit) => {
    expect(fitOf(needed, { totalBytes: 20, freeBytes: 10 })).toBe(fit);
  });
});

describe("the guide's table", () => {
  it("holds the guide's seven models, of which two do not exist", () => {
    expect(GUIDE_MODELS.map(({ name }) => name)).toEqual([
      "smollm2:135m",
      "smollm:135m",
      "neural-chat:7b",
      "mistral:7b",
      "llama2:13b",
      "mistral:13b",
      "neural-chat:13b",
    ]);
    const missing = guide({}).models.filter(({ exists }) => !exists);
    expect(missing.map(({ name, instead }) => [name, instead])).toEqual([
      ["mistral:13b", "mistral:7b or mistral-nemo:12b"],
      ["neural-chat:13b", "neural-chat:7b"],
    ]);
  });

  it("compares with this machine only where Ollama runs on it", () => {
    const machine = { totalBytes: 8e9, freeBytes: 2e9 };
    const here = guide({ ollamaEndpoint: "http://127.0.0.1:11434", pulledNames: ["smollm2:135m"] }, machine);
    expect(here.models.map(({ fit, pulled }) => [fit, pulled])).toEqual([
      ["fits", true],
      ["fits", false],
      ["tight", false],
      ["tight", false],
      ["too big", false],
      [undefined, false],
      [undefined, false],
    ]);
    const elsewhere = guide({ ollamaEndpoint: "http://ollama.example:11434" }, machine);
    expect(elsewhere.machine).toBeUndefined();
    expect(elsewhere.models.every(({ fit, pulled }) => fit === undefined && pulled === undefined)).toBe(true);
  });

  it("is shown without any stack", async () => {
    const { code, out } = await commandLine(["models", "--guide"], { environment: { PATH: "/nowhere" } });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "MODEL            FOR               GUIDE SAYS  DOWNLOAD   MEMORY",
        "smollm2:135m     quick testing         1.3 GB    271 MB   365 MB",
        "smollm:135m      development           1.3 GB     92 MB   139 MB",
        "neural-chat:7b   local production      4.1 GB    4.1 GB   4.6 GB",
        "mistral:7b       general purpose       4.1 GB    4.4 GB   4.9 GB",
        "llama2:13b       production RAG        7.4 GB    7.4 GB  10.8 GB",
        "mistral:13b      general chat            8 GB      none        –",
        "neural-chat:13b  instruction           7.4 GB      none        –",
        "",
        "mistral:13b is not in Ollama's library; there is mistral:7b or mistral-nemo:12b.",
        "neural-chat:13b is not in Ollama's library; there is neural-chat:7b.",
        "Memory: weights and the cache of a 4096-token context.",
        "Sizes as of 2026-06-08 (ollama.com/library).",
        "",
      ].join("\n"),
    );
  });
});

describe("loadedFor", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  it.each([
    ["2026-11-23T12:00:30Z", "yes, under 1 min"],
    ["2026-11-23T12:04:30Z", "yes, 5 min more"],
    ["2026-11-23T15:00:00Z", "yes, 3 h more"],
    ["2318-03-05T00:00:00Z", "yes, for good"],
  ])("until %s is %j", (expiresAt, text) => {
    expect(loadedFor(expiresAt, now)).toBe(text);
  });
});

describe("models in Ollama", () => {
  let ollama: ChatServer;
  beforeEach(async () => {
    ollama = await new ChatServer().start();
  });
  afterEach(() => ollama.stop());

  it("are shown with size, parameters, quantisation, context, memory and whether they are loaded", async () => {
    ollama.models = ["smollm2:135m", "all-minilm:latest"];
    ollama.loaded = [{ name: "smollm2:135m", expiresAt: "2318-03-05T00:00:00Z" }];
    const { code, out, err } = await commandLine(["models", "--ollama", ollama.endpoint]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        `Ollama 0.17.4 at ${ollama.endpoint}`,
        "NAME                SIZE  PARAMETERS  QUANT  CONTEXT  MEMORY  LOADED",
        "all-minilm:latest  98 MB     134.52M  Q4_1      8192  193 MB  no",
        "smollm2:135m       98 MB     134.52M  Q4_1      8192  193 MB  yes, for good",
        "",
      ].join("\n"),
    );
  });

  it("that are none come with the way to get one", async () => {
    ollama.models = [];
    const { out } = await commandLine(["models", "--ollama", ollama.endpoint]);
    expect(out).toBe(`Ollama 0.17.4 at ${ollama.endpoint}\nIt has no models yet: ollama pull smollm2:135m\n`);
  });

  it("keep to 80 columns on a terminal, with the longest names cut", async () => {
    ollama.models = [`registry.example/team/${"long-".repeat(12)}name:7b`];
    const { out } = await commandLine(["models", "--ollama", ollama.endpoint], { terminal: true });
    for (const line of out.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(out).toContain("…");
  });
});
