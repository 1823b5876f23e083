import type { TopLevelSpec } from "vega-lite";
import { panelOf, STYLE } from "./panel";
import { enlargedPicture, wholePicture } from "./rows";
import type { Timeline } from "./timeline";

/** The timeline as an SVG that stands on a white card, so that it reads on light and dark pages alike. */
export async function drawTimeline(timeline: Timeline, title: string): Promise<string> {
  // Both are ES modules, one with a top-level await, which cannot be required.
  const [{ parse, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec } = compile(specOf(timeline, title));
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function specOf(timeline: Timeline, title: string): TopLevelSpec {
  const enlarged = enlargedPicture(timeline);
  const panels = [panelOf(wholePicture(timeline), undefined)];
  if (enlarged !== undefined) {
    const seconds = (enlarged.total - enlarged.from).toFixed(1);
    panels.push(panelOf(enlarged, `The last ${seconds} s, enlarged`));
  }
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    padding: 20,
    background: "white",
    title: { text: title, subtitle: subtitle(timeline) },
    spacing: 26,
    vconcat: panels,
    resolve: { scale: { color: "shared" } },
    config: STYLE,
  } as TopLevelSpec;
}

function subtitle({ bars, precise, requests, waits }: Timeline): string[] {
  const path = bars.filter(({ critical }) => critical).length;
  const lines = [
    `Red: the ${path} of ${bars.length} resources that decided how long it took. Lines: what each one waited for last.`,
  ];
  const marks = [
    waits.length > 0 && "hatched: waiting for a server",
    requests.length > 0 && "below a bar: its requests",
  ];
  const told = marks.filter((mark) => mark !== false).join("; ");
  if (told) lines.push(`${told.charAt(0).toUpperCase()}${told.slice(1)}.`);
  if (!precise) lines.push("The engine's log counts in whole seconds.");
  return lines;
}
