import type { TopLevelSpec } from "vega-lite";
import type { CaseResult, Figure, Results } from "../results";
import { PEERS, PEERS_MEASURED } from "./peers";

const OURS = "#1a6fb5";
const FLOOR = "#9aa5b1";
const OTHER = "#d9822b";
const WIDTH = 560;
const PARTS = ["#1a6fb5", "#5aa2d6", "#a9cfea", "#d9822b", "#f0b878", "#6b7f92", "#9aa5b1", "#cfd6dd"];

/** The plots that the results can fill, by the names of their files. */
export function plots({ cases }: Results): Record<string, TopLevelSpec> {
  const byId = new Map(cases.map((each) => [each.id, each]));
  const made: Record<string, TopLevelSpec | undefined> = {
    "chat-chain": chatChain(byId),
    "full-stack": fullStack(byId.get("B4")),
    growth: growth(byId.get("B5")),
    "start-up": startUp(byId.get("B8")),
    peers: peers(byId.get("B5")),
    requests: requests(byId.get("B11")),
  };
  return Object.fromEntries(
    Object.entries(made).filter((entry): entry is [string, TopLevelSpec] => entry[1] !== undefined),
  );
}

function find(found: CaseResult | undefined, what: string, side: string, at?: number): Figure | undefined {
  return found?.figures.find((each) => each.what === what && each.side === side && each.at === at);
}

function chatChain(byId: ReadonlyMap<string, CaseResult>): TopLevelSpec | undefined {
  const rows = [
    {
      side: "the guide, polling every 5 s",
      figure: find(byId.get("B3"), "to a deployed model", "guide"),
      kind: "other",
    },
    {
      side: "by pulumi up, first to last provider call",
      figure: find(byId.get("B2"), "first to last provider call", "ours"),
      kind: "ours",
    },
    { side: "our lifecycles alone", figure: find(byId.get("B1"), "chat chain", "ours"), kind: "ours" },
    { side: "bare calls, polling every 20 ms", figure: find(byId.get("B1"), "chat chain", "bare"), kind: "floor" },
    {
      side: "engine's floor: nothing done",
      figure: find(byId.get("B2"), "first to last provider call", "engine floor"),
      kind: "floor",
    },
  ].flatMap(({ side, figure, kind }) =>
    figure === undefined
      ? []
      : [{ side, kind, seconds: figure.median / 1000, text: `${(figure.median / 1000).toFixed(2)} s` }],
  );
  if (rows.length === 0) return undefined;
  const order = rows.map(({ side }) => side);
  return {
    title: { text: "The chat chain: settings, group, connector, model deployed", subtitle: "seconds, medians" },
    width: WIDTH,
    height: { step: 34 },
    data: { values: rows },
    encoding: {
      y: { field: "side", type: "nominal", sort: order, title: null },
      x: { field: "seconds", type: "quantitative", title: null },
    },
    layer: [
      { mark: { type: "bar" }, encoding: { color: kindColour() } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 12 }, encoding: { text: { field: "text" } } },
    ],
  };
}

function kindColour() {
  return {
    field: "kind",
    type: "nominal" as const,
    scale: { domain: ["ours", "floor", "other"], range: [OURS, FLOOR, OTHER] },
    legend: null,
  };
}

function fullStack(found: CaseResult | undefined): TopLevelSpec | undefined {
  const figures = (found?.figures ?? []).filter(({ what }) => what !== "full stack");
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ what, side, median }, order) => ({
    bar: side === "part of `up`" ? "pulumi up, from nothing" : `${side}, alone`,
    part: side === "part of `up`" ? what : "ready, booted alone",
    seconds: median,
    order,
  }));
  const parts = [...new Set(rows.map(({ part }) => part))];
  return {
    title: { text: "The full stack from nothing, and each of its servers booted alone", subtitle: "seconds, medians" },
    width: WIDTH,
    height: { step: 40 },
    data: { values: rows },
    mark: { type: "bar" },
    encoding: {
      y: { field: "bar", type: "nominal", sort: [...new Set(rows.map(({ bar }) => bar))], title: null },
      x: { field: "seconds", type: "quantitative", title: null, stack: "zero" },
      order: { field: "order", type: "quantitative" },
      color: {
        field: "part",
        type: "nominal",
        scale: { domain: parts, range: [FLOOR, ...PARTS] },
        legend: { columns: 1 },
      },
    },
  };
}

function growth(found: CaseResult | undefined): TopLevelSpec | undefined {
  const figures = (found?.figures ?? []).filter(({ unit, at }) => unit === "s" && at !== undefined);
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ what, side, at, median, min, max }) => ({
    what,
    side,
    models: at,
    seconds: median,
    min,
    max,
  }));
  return {
    title: {
      text: "Whole commands by number of models",
      subtitle: "seconds, medians with the range of all runs; a model is two resources",
    },
    data: { values: rows },
    columns: 2,
    bounds: "flush",
    spacing: 60,
    facet: {
      field: "what",
      type: "nominal",
      sort: [...new Set(rows.map(({ what }) => what))],
      title: null,
    },
    spec: {
      width: 260,
      height: 170,
      encoding: {
        x: {
          field: "models",
          type: "quantitative",
          scale: { type: "symlog" },
          axis: { values: [...new Set(rows.map(({ models }) => models ?? 0))], title: "models" },
        },
        color: { field: "side", type: "nominal", scale: { domain: ["ours", "engine floor"], range: [OURS, FLOOR] } },
      },
      layer: [
        {
          mark: { type: "line", point: { size: 45 }, strokeWidth: 2 },
          encoding: { y: { field: "seconds", type: "quantitative", title: null } },
        },
        { mark: { type: "rule" }, encoding: { y: { field: "min", type: "quantitative" }, y2: { field: "max" } } },
      ],
    },
    resolve: { scale: { y: "independent" } },
  };
}

function startUp(found: CaseResult | undefined): TopLevelSpec | undefined {
  const parts = (found?.figures ?? []).filter(
    ({ side, what }) => side === "ours" && !what.startsWith("of the first part"),
  );
  if (parts.length === 0) return undefined;
  let start = 0;
  const rows = parts.map(({ what, median }) => {
    const row = { part: what, start, end: start + median, text: `${Math.round(median)} ms` };
    start += median;
    return row;
  });
  return {
    title: {
      text: "From the start of pulumi to the first provider call",
      subtitle: "milliseconds, medians, compile cache filled",
    },
    width: WIDTH,
    height: { step: 32 },
    data: { values: rows },
    encoding: { y: { field: "part", type: "nominal", sort: parts.map(({ what }) => what), title: null } },
    layer: [
      {
        mark: { type: "bar", color: OURS },
        encoding: { x: { field: "start", type: "quantitative", title: null }, x2: { field: "end" } },
      },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 12 },
        encoding: { x: { field: "end", type: "quantitative" }, text: { field: "text" } },
      },
    ],
  };
}

/** Only what waits for no server, so that the peers' server and ours do not mix. */
function peers(found: CaseResult | undefined): TopLevelSpec | undefined {
  const models = 50;
  const ours = {
    noOp: find(found, "up with nothing to do", "ours", models),
    refresh: find(found, "refresh", "ours", models),
  };
  const floor = {
    noOp: find(found, "up with nothing to do", "engine floor", models),
    refresh: find(found, "refresh", "engine floor", models),
  };
  const tofu = PEERS.find((row) => row.models === models && row.tool.includes("default"));
  if (ours.noOp === undefined || ours.refresh === undefined || tofu === undefined) return undefined;
  const rows = [
    { step: "nothing to do", tool: "OpenTofu", seconds: tofu.noOp },
    { step: "nothing to do", tool: "Pulumi's floor", seconds: floor.noOp?.median },
    { step: "nothing to do", tool: "this package", seconds: ours.noOp.median },
    { step: "refresh", tool: "OpenTofu", seconds: tofu.refresh },
    { step: "refresh", tool: "Pulumi's floor", seconds: floor.refresh?.median },
    { step: "refresh", tool: "this package", seconds: ours.refresh.median },
  ].map((row) => ({ ...row, text: row.seconds === undefined ? "" : `${row.seconds.toFixed(2)} s` }));
  return {
    title: {
      text: "50 models: a run that changes nothing, and a refresh",
      subtitle: `seconds, medians; OpenTofu as of ${PEERS_MEASURED.date}, on a real server`,
    },
    data: { values: rows },
    columns: 1,
    facet: { field: "step", type: "nominal", title: null },
    spec: {
      width: WIDTH - 60,
      height: { step: 28 },
      encoding: {
        y: { field: "tool", type: "nominal", sort: ["OpenTofu", "Pulumi's floor", "this package"], title: null },
        x: { field: "seconds", type: "quantitative", title: null },
      },
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            color: {
              field: "tool",
              type: "nominal",
              scale: { domain: ["OpenTofu", "Pulumi's floor", "this package"], range: [OTHER, FLOOR, OURS] },
              legend: null,
            },
          },
        },
        { mark: { type: "text", align: "left", dx: 5, fontSize: 12 }, encoding: { text: { field: "text" } } },
      ],
    },
  };
}

function requests(found: CaseResult | undefined): TopLevelSpec | undefined {
  const figures = (found?.figures ?? []).filter(({ unit }) => unit === "perMinute");
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ side, at, median, min, max }) => ({ model: side, callers: at, rate: median, min, max }));
  return {
    title: {
      text: "Answers a minute through OpenSearch",
      subtitle: "by parallel callers; medians with the range of all runs",
    },
    width: WIDTH,
    height: 220,
    data: { values: rows },
    encoding: {
      x: { field: "callers", type: "ordinal", title: "parallel callers", axis: { labelAngle: 0 } },
      color: { field: "model", type: "nominal", scale: { range: [OURS, OTHER, FLOOR] } },
    },
    layer: [
      {
        mark: { type: "line", point: { size: 60 }, strokeWidth: 2 },
        encoding: { y: { field: "rate", type: "quantitative", title: null, scale: { zero: true } } },
      },
      { mark: { type: "rule" }, encoding: { y: { field: "min", type: "quantitative" }, y2: { field: "max" } } },
    ],
  };
}
