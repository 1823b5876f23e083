import type { Config, TopLevelSpec } from "vega-lite";

/** One look for all plots: a white card, dark text, few lines. */
const CONFIG: Config = {
  background: "white",
  padding: 16,
  font: "Helvetica, Arial, sans-serif",
  title: { anchor: "start", fontSize: 15, subtitleFontSize: 12, subtitleColor: "#555", offset: 14 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: "#e6e6e6",
    domain: false,
    ticks: false,
    labelPadding: 6,
    labelLimit: 600,
  },
  legend: { labelFontSize: 12, title: null, orient: "top", labelLimit: 600 },
  header: { labelFontSize: 13, labelFontWeight: "bold", title: null, labelAnchor: "start" },
  view: { stroke: null },
};

/** Mean width of a letter of this font, in its size. Vega's own estimate, 0.8, leaves wide margins and cuts labels. */
const MEAN_LETTER = 0.53;

/** Part of Vega that its types leave out: how it measures text where no canvas does it. */
interface TextMetrics {
  width: (item: { readonly fontSize?: number }, text: string) => number;
}

/** Draws a plot without a browser. */
export async function toSvg(spec: TopLevelSpec): Promise<string> {
  // Imported here: Vega awaits at its top level, which `require` refuses.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { textMetrics } = vega as unknown as { readonly textMetrics: TextMetrics };
  textMetrics.width = ({ fontSize = 11 }, text) => String(text).length * fontSize * MEAN_LETTER;
  const view = new vega.View(vega.parse(compile(spec, { config: CONFIG }).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
