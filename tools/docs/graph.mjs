// Draws a stack's resource graph as an SVG: pulumi stack graph stack.dot && node tools/docs/graph.mjs stack.dot docs/graph.svg
import { readFileSync, writeFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const [dotFile, svgFile] = process.argv.slice(2);
if (!dotFile || !svgFile) {
  console.error("Usage: node tools/docs/graph.mjs <graph.dot> <graph.svg>");
  process.exit(2);
}

const COLOURS = { docker: "#dbeafe", ollamachat: "#dcfce7" };
const HIDDEN = /providers:|:Stack$|OllamaChatStack$/;

const dot = readFileSync(dotFile, "utf8");
const nodes = new Map();
for (const [, id, label] of dot.matchAll(/(\w+) \[label="([^"]+)"\]/g)) {
  const parts = label.split("::");
  const type = parts.at(-2).split("$").at(-1);
  if (!HIDDEN.test(type)) nodes.set(id, { type, name: parts.at(-1) });
}
// The engine draws an edge from a resource to those that depend on it.
const edges = [...dot.matchAll(/(\w+) -> (\w+) \[color = "#246C60"/g)]
  .map(([, from, to]) => [from, to])
  .filter(([from, to]) => nodes.has(from) && nodes.has(to));

const lines = [...nodes].map(([id, { type, name }]) => {
  const kind = type.startsWith("docker:") ? "docker" : "ollamachat";
  return `${id} [label="${type.split(":").at(-1)}\\n${name}", fillcolor="${COLOURS[kind]}"];`;
});
const graph = `digraph {
  rankdir=LR; bgcolor=transparent; nodesep=0.25; ranksep=0.5;
  node [shape=box, style="rounded,filled", color="#64748b", fontname="Helvetica", fontsize=12, margin="0.15,0.08"];
  edge [color="#64748b", arrowsize=0.7];
  ${lines.join("\n  ")}
  ${reduced(edges)
    .map(([from, to]) => `${from} -> ${to};`)
    .join("\n  ")}
}`;
const viz = await instance();
writeFileSync(svgFile, viz.renderString(graph, { format: "svg" }).replace(/^[\s\S]*?(?=<svg)/, ""));

/** Removes edges that a longer path implies. */
function reduced(all) {
  const next = new Map();
  for (const [from, to] of all) next.set(from, [...(next.get(from) ?? []), to]);
  const reaches = (from, to, direct) =>
    (next.get(from) ?? []).some((step) => (step === to && !direct) || (step !== to && reaches(step, to, false)));
  const unique = [...new Map(all.map((edge) => [edge.join(), edge])).values()];
  return unique.filter(([from, to]) => !reaches(from, to, true));
}
