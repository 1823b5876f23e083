import { HALF, inSeconds, type Picture } from "./rows";
import { KINDS } from "./timeline";

const ROW_PIXELS = 34;
const WIDTH_PIXELS = 660;
const NAMES_PIXELS = 190;
const INK = "#1f2328";
const GREY = "#656d76";
const FAINT = "#d0d7de";
const CRITICAL = "#cf222e";
/** In the order of `KINDS`. */
const COLOURS = ["#2f81c7", "#7d5bc2", "#1f9487", "#b7791f", "#8c959f"];

/** Fonts and colours of the whole picture. */
export const STYLE = {
  // An image in a page has no parts to name; without them it is half the size.
  aria: false,
  font: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 17,
    color: INK,
    subtitleColor: GREY,
    subtitleFontSize: 12,
    offset: 16,
    subtitlePadding: 6,
  },
  axis: {
    labelColor: GREY,
    titleColor: GREY,
    titleFontWeight: 400,
    labelFontSize: 11,
    gridColor: "#eaeef2",
    domainColor: FAINT,
    tickColor: FAINT,
  },
  legend: {
    labelFontSize: 12,
    labelColor: INK,
    symbolType: "square",
    symbolSize: 110,
    orient: "bottom",
    direction: "horizontal",
    title: null,
    offset: 14,
  },
} as const;

/** One panel of the picture as a Vega-Lite view. Rows are numbers, so that lines and hatchings can run between them. */
export function panelOf(picture: Picture, title: string | undefined): object {
  const rows = picture.rows.length;
  const pick = (critical: boolean) => picture.links.filter((link) => link.critical === critical);
  return {
    ...(title === undefined ? {} : { title: { text: title, fontSize: 13, offset: 10 } }),
    width: WIDTH_PIXELS,
    height: rows * ROW_PIXELS,
    layer: [
      stripes(rows),
      ...lines(pick(false), "#afb8c1", 1.2),
      ...lines(pick(true), CRITICAL, 1.6),
      bars(picture),
      ...lines(picture.hatches, "white", 1, 0.5),
      requests(picture),
      ...heads(picture),
      totalLine(picture, rows),
      ...labels(picture),
      ...totalLabel(picture, title === undefined),
    ],
    encoding: { y: { type: "quantitative", axis: null, scale: { domain: [0, rows], reverse: true, nice: false } } },
  };
}

const at = (field: string) => ({ field, type: "quantitative" });

function stripes(rows: number): object {
  const values = Array.from({ length: Math.floor(rows / 2) }, (_, i) => ({ y: 2 * i + 1, y2: 2 * i + 2 }));
  return {
    data: { values },
    mark: { type: "rect", color: "#f6f8fa" },
    encoding: { y: at("y"), y2: { field: "y2" }, x: { value: -NAMES_PIXELS }, x2: { value: WIDTH_PIXELS } },
  };
}

function lines(values: Picture["links"], color: string, strokeWidth: number, opacity = 1): object[] {
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "rule", color, strokeWidth, opacity, strokeCap: "round" },
      encoding: { x: at("x"), y: at("y"), x2: { field: "x2" }, y2: { field: "y2" } },
    },
  ];
}

function bars({ rows, from, to }: Picture): object {
  const values = rows.map((row) => ({ ...row, top: row.row + 0.5 - HALF, bottom: row.row + 0.5 + HALF }));
  return {
    data: { values },
    mark: { type: "rect", cornerRadius: 3, strokeWidth: 1.6 },
    encoding: {
      x: {
        ...at("start"),
        scale: { domain: [from, to], nice: false, zero: false },
        axis: { title: "seconds", grid: true, tickCount: 8 },
      },
      x2: { field: "end" },
      y: at("top"),
      y2: { field: "bottom" },
      color: {
        field: "kind",
        type: "nominal",
        scale: { domain: [...KINDS], range: COLOURS },
        legend: { values: KINDS.filter((kind) => kind !== "Other") },
      },
      stroke: { condition: { test: "datum.critical", value: CRITICAL }, value: null },
    },
  };
}

function requests(picture: Picture): object {
  return {
    data: { values: picture.requests },
    mark: { type: "rect", color: INK, stroke: INK, strokeWidth: 0.8, opacity: 0.6 },
    encoding: { x: at("x"), x2: { field: "x2" }, y: at("y"), y2: { field: "y2" } },
  };
}

function heads({ arrows }: Picture): object[] {
  const head = (critical: boolean, color: string) => ({
    data: { values: arrows.filter((arrow) => arrow.critical === critical) },
    mark: { type: "point", shape: "triangle-right", filled: true, size: 34, color, opacity: 1, xOffset: -3 },
    encoding: { x: at("x"), y: at("y") },
  });
  return [head(false, "#8c959f"), head(true, CRITICAL)];
}

function labels({ rows, notes }: Picture): object[] {
  const values = rows.map((row) => ({ ...row, middle: row.row + 0.5 }));
  const text = (field: string) => ({ field, type: "nominal" });
  const behind = { type: "text", align: "left", dx: 8, fontSize: 11 };
  const behindBar = { x: at("end"), y: at("middle"), text: text("label") };
  const name = { type: "text", align: "right", limit: 260 };
  return [
    {
      data: { values },
      mark: { ...name, dy: -6, fontSize: 12, fontWeight: 600, color: INK },
      encoding: { x: { value: -12 }, y: at("middle"), text: text("name") },
    },
    {
      data: { values },
      mark: { ...name, dy: 8, fontSize: 10.5, color: GREY },
      encoding: { x: { value: -12 }, y: at("middle"), text: text("detail") },
    },
    // First as a white outline, so that it reads where a line runs through it.
    { data: { values }, mark: { ...behind, color: "white", stroke: "white", strokeWidth: 4 }, encoding: behindBar },
    { data: { values }, mark: { ...behind, color: GREY }, encoding: behindBar },
    {
      data: { values: notes },
      mark: { type: "text", align: "left", dx: 8, fontSize: 10.5, color: "white", fontWeight: 600 },
      encoding: { x: at("x"), y: at("y"), text: text("text") },
    },
  ];
}

function totalLine({ total }: Picture, rows: number): object {
  return {
    data: { values: [{ x: total, y: 0, y2: rows }] },
    mark: { type: "rule", color: INK, strokeDash: [4, 3], strokeWidth: 1 },
    encoding: { x: at("x"), y: at("y"), y2: { field: "y2" } },
  };
}

function totalLabel({ total }: Picture, shown: boolean): object[] {
  if (!shown) return [];
  return [
    {
      data: { values: [{ x: total, y: 0, text: `total ${inSeconds(total)}` }] },
      mark: { type: "text", align: "right", baseline: "bottom", dy: -4, fontSize: 12, fontWeight: 700, color: INK },
      encoding: { x: at("x"), y: at("y"), text: { field: "text", type: "nominal" } },
    },
  ];
}
