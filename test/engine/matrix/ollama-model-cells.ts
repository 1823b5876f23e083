import type { Json } from "../support/resource-world";
import { type Cell, TIMEOUTS } from "./cell";

type Change = Partial<Cell> & Pick<Cell, "op">;

export const BASE = "base:1";
export const OTHER_BASE = "base:2";
export const NEW_DIGEST = "e".repeat(64);

/** The digest under which the registry of the matrix keeps a model. */
export function digestOf(model: string): string {
  return Buffer.from(model).toString("hex").padEnd(64, "0").slice(0, 64);
}

/** Each cell has a model of its own, named after it. */
export function modelOf(input: string): string {
  return `ollama-${input.toLowerCase()}:1`;
}

function cell(input: string, from: Json, to: Json, rest: Change): Cell {
  const model = modelOf(input);
  return {
    type: "OllamaModel",
    name: `ollama-${input}`,
    // Nobody else uses these servers, so models go with their resources.
    before: ({ ollama }) => ({ endpoint: ollama.endpoint, model, retainOnDelete: false, ...from }),
    after: ({ ollama }) => ({ endpoint: ollama.endpoint, model, retainOnDelete: false, ...to }),
    ...rest,
  };
}

export const ollamaModelCells: readonly Cell[] = [
  {
    ...cell("endpoint", {}, {}, { op: "update", holds: { digest: digestOf(modelOf("endpoint")) } }),
    after: ({ otherOllama }) => ({
      endpoint: otherOllama.endpoint,
      model: modelOf("endpoint"),
      retainOnDelete: false,
    }),
  },
  cell("model", {}, { model: "ollama-model:2" }, { op: "replace", holds: { digest: digestOf("ollama-model:2") } }),
  cell("tag-default", { model: "ollama-tag-default" }, { model: "ollama-tag-default:latest" }, { op: "same" }),
  cell("from", { from: BASE }, { from: OTHER_BASE }, { op: "update", holds: { from: OTHER_BASE } }),
  cell(
    "system",
    { from: BASE, system: "Be brief." },
    { from: BASE, system: "Be kind." },
    { op: "update", holds: { system: "Be kind." } },
  ),
  cell(
    "parameters",
    { from: BASE, parameters: { temperature: 0 } },
    { from: BASE, parameters: { temperature: 1 } },
    { op: "update", holds: { parameters: `${"temperature".padEnd(30)} 1` } },
  ),
  cell(
    "template",
    { from: BASE, template: "{{ .Prompt }}" },
    { from: BASE, template: "Q: {{ .Prompt }}" },
    { op: "update", holds: { template: "Q: {{ .Prompt }}" } },
  ),
  cell(
    "source",
    { source: "127.0.0.1:5000/library/a:1" },
    { source: "127.0.0.1:5000/library/b:1" },
    { op: "update", holds: { digest: digestOf("127.0.0.1:5000/library/b:1") } },
  ),
  cell("auth", { auth: { token: "first-Token" } }, { auth: { token: "second-Token" } }, { op: "update" }),
  cell("insecure", {}, { insecure: true }, { op: "update" }),
  cell("digest-fits", {}, { expectedDigest: digestOf(modelOf("digest-fits")) }, { op: "same" }),
  cell(
    "expectedDigest",
    {},
    { expectedDigest: NEW_DIGEST.slice(0, 12) },
    {
      op: "update",
      between: ({ ollama }) => void ollama.registry.set(modelOf("expectedDigest"), NEW_DIGEST),
      holds: { digest: NEW_DIGEST },
    },
  ),
  cell("warmUp", {}, { warmUp: true }, { op: "update", holds: { loadedFor: "the server's default" } }),
  cell(
    "keepAlive",
    { warmUp: true, keepAlive: "5m" },
    { warmUp: true, keepAlive: "1h" },
    { op: "update", holds: { loadedFor: "1h" } },
  ),
  cell(
    "loadOptions",
    { warmUp: true, loadOptions: { num_ctx: 2048 } },
    { warmUp: true, loadOptions: { num_ctx: 4096 } },
    { op: "update", holds: { loadedWith: { num_ctx: 4096 } } },
  ),
  cell("retainOnDelete", {}, { retainOnDelete: true }, { op: "update" }),
  cell("timeouts", {}, TIMEOUTS, { op: "update" }),
  cell("nothing", {}, {}, { op: "same" }),
  cell("renamed", {}, {}, { op: "same", renamed: true }),
];
