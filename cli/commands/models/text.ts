import { DEFAULT_CONTEXT_TOKENS } from "../../../clients/ollama/context";
import { bytes } from "../../../clients/ollama/progress";
import type { Output } from "../../output";
import { harmless } from "../../terminal/harmless";
import { type Column, table } from "../../terminal/table";
import { wrapped } from "../../terminal/wrap";
import type { Guide, GuideRow } from "./guide";
import type { ModelsReport } from "./models";
import type { OllamaModelRow, OllamaModels } from "./ollama-models";
import type { OpenSearchModelRow, OpenSearchModels } from "./opensearch-models";

const UNKNOWN = "–";

/** The report as text. */
export function modelsText({ ollama, opensearch, modelId }: ModelsReport, output: Output): string {
  const parts: string[] = [];
  if (ollama !== undefined && "models" in ollama) parts.push(ollamaText(ollama, output));
  if (opensearch !== undefined && "models" in opensearch) parts.push(openSearchText(opensearch, modelId, output));
  return parts.join("\n\n");
}

function ollamaText({ endpoint, version, models }: OllamaModels, output: Output): string {
  const head = `${output.style("bold", "Ollama")} ${version} at ${endpoint}`;
  if (models.length === 0) return `${head}\nIt has no models yet: ollama pull smollm2:135m`;
  const columns: Column[] = [
    { title: "NAME", cut: true, style: (cell) => output.style("cyan", cell) },
    { title: "SIZE", align: "right" },
    { title: "PARAMETERS", align: "right" },
    { title: "QUANT" },
    { title: "CONTEXT", align: "right" },
    { title: "MEMORY", align: "right" },
    { title: "LOADED", style: (cell) => (cell === "no" ? output.style("dim", cell) : output.style("green", cell)) },
  ];
  return `${head}\n${drawn(columns, models.map(ollamaCells), output)}`;
}

function ollamaCells(model: OllamaModelRow): string[] {
  return [
    model.name,
    bytes(model.sizeBytes),
    model.parameterSize ?? UNKNOWN,
    model.quantization ?? UNKNOWN,
    model.contextTokens === undefined ? UNKNOWN : String(model.contextTokens),
    model.memoryBytes === undefined ? UNKNOWN : bytes(model.memoryBytes),
    model.loaded === undefined ? "no" : loadedFor(model.loaded.expiresAt),
  ];
}

const MINUTE_MILLISECONDS = 60_000;
const DAY_MINUTES = 24 * 60;

/** How long an unused model stays in memory. For "forever", Ollama returns a date centuries ahead. */
export function loadedFor(expiresAt: string, now = Date.now()): string {
  const minutes = Math.ceil((Date.parse(expiresAt) - now) / MINUTE_MILLISECONDS);
  if (Number.isNaN(minutes) || minutes > 365 * DAY_MINUTES) return "yes, for good";
  if (minutes <= 1) return "yes, under 1 min";
  return minutes < 120 ? `yes, ${minutes} min more` : `yes, ${Math.round(minutes / 60)} h more`;
}

function openSearchText({ endpoint, models }: OpenSearchModels, modelId: string | undefined, output: Output): string {
  const head = `${output.style("bold", "OpenSearch")} at ${endpoint}`;
  if (models.length === 0) return `${head}\nIt has no remote models.`;
  const deployed = (state: string) => output.style(state === "DEPLOYED" ? "green" : "yellow", state);
  const columns: Column[] = [
    { title: "ASKS FOR", cut: true, style: (cell) => output.style("cyan", cell) },
    { title: "STATE", style: deployed },
    { title: "MODEL ID" },
    { title: "GROUP", cut: true },
    { title: "CONNECTOR", cut: true },
  ];
  const rows = models.map((model) => openSearchCells(model, modelId));
  const own = models.some(({ id }) => id === modelId);
  const legend = own ? `\n${output.style("dim", "* the model that ask and chat use")}` : "";
  return `${head}\n${drawn(columns, rows, output)}${legend}`;
}

function openSearchCells(model: OpenSearchModelRow, modelId: string | undefined): string[] {
  const { id, state, serverModel, group, connector } = model;
  return [
    serverModel ?? UNKNOWN,
    state,
    id === modelId ? `${id} *` : id,
    group?.name ?? group?.id ?? UNKNOWN,
    connector?.name ?? connector?.id ?? "in the model",
  ];
}

/** The guide's table as text. */
export function guideText({ models, machine, sizesSeenOn }: Guide, output: Output): string {
  const asked = models.some(({ pulled }) => pulled !== undefined);
  const columns: Column[] = [
    { title: "MODEL", style: (cell) => output.style("cyan", cell) },
    { title: "FOR", cut: true },
    { title: "GUIDE SAYS", align: "right", style: (cell) => output.style("dim", cell) },
    { title: "DOWNLOAD", align: "right" },
    { title: "MEMORY", align: "right" },
    ...(machine ? [{ title: "HERE", style: (cell: string) => output.style(FIT_COLOURS[cell] ?? "dim", cell) }] : []),
    ...(asked ? [{ title: "PULLED" }] : []),
  ];
  const rows = models.map((model) => [
    ...guideCells(model),
    ...(machine ? [model.fit ?? UNKNOWN] : []),
    ...(asked ? [model.pulled ? "yes" : "no"] : []),
  ]);
  return [drawn(columns, rows, output), "", ...guideNotes(models, machine, sizesSeenOn, output)].join("\n");
}

const FIT_COLOURS: Readonly<Record<string, "green" | "yellow" | "red">> = {
  fits: "green",
  tight: "yellow",
  "too big": "red",
};

function guideCells({ name, use, guideSize, downloadBytes, memoryBytes }: GuideRow): string[] {
  return [
    name,
    use,
    guideSize,
    downloadBytes === undefined ? "none" : bytes(downloadBytes),
    memoryBytes === undefined ? UNKNOWN : bytes(memoryBytes),
  ];
}

function guideNotes(
  models: readonly GuideRow[],
  machine: Guide["machine"],
  sizesSeenOn: string,
  output: Output,
): string[] {
  const missing = models
    .filter(({ exists }) => !exists)
    .map(({ name, instead }) => `${name} is not in Ollama's library; there is ${instead}.`);
  const memory = `Memory: weights and the cache of a ${DEFAULT_CONTEXT_TOKENS}-token context.`;
  const here =
    machine &&
    `This machine has ${bytes(machine.freeBytes)} of ${bytes(machine.totalBytes)} free; tight means that something has to make room.`;
  const lines = [
    ...missing,
    [memory, here].filter(Boolean).join(" "),
    `Sizes as of ${sizesSeenOn} (ollama.com/library).`,
  ];
  return lines.map((line) => output.style("dim", wrapped(line, output.columns)));
}

function drawn(columns: readonly Column[], rows: readonly (readonly string[])[], output: Output): string {
  const cells = rows.map((row) => row.map(harmless));
  return table(columns, cells, { columns: output.columns, titleStyle: (title) => output.style("dim", title) });
}
