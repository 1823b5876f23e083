import { useEffect, useMemo, useState } from "preact/hooks";
import { getJson, problemOf } from "../backend";
import { ProblemBox } from "../problem";
import { type Graph, graphSchema, type Problem } from "../protocol";
import { drawing } from "./layout";

/** The stack's resources, and what waits for what. */
export function Picture() {
  const [graph, setGraph] = useState<Graph>();
  const [problem, setProblem] = useState<Problem>();
  const look = () => {
    setProblem(undefined);
    getJson("/api/graph", graphSchema).then(setGraph, (error: unknown) => setProblem(problemOf(error)));
  };
  useEffect(look, []);
  return (
    <section aria-labelledby="picture-title">
      <h3 id="picture-title">Resources{graph?.stack && ` of ${graph.stack}`}</h3>
      {problem && <ProblemBox problem={problem} onRetry={look} />}
      {graph === undefined && !problem && <p class="waiting">Reading the stack's state</p>}
      {graph?.stack === null && <p>The servers were named by flags or variables, so there is no stack to draw.</p>}
      {graph?.stack && graph.resources.length === 0 && <p>The stack has no resources.</p>}
      {graph && graph.resources.length > 0 && <Drawn graph={graph} />}
    </section>
  );
}

function Drawn({ graph }: { graph: Graph }) {
  const { width, height, boxes, lines } = useMemo(() => drawing(graph), [graph]);
  return (
    <>
      <p>An arrow means "is needed by".</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways. */}
      <section class="wide" tabIndex={0} aria-label="Picture of the resources">
        <svg class="graph" style={{ maxWidth: `${width}px` }} viewBox={`0 0 ${width} ${height}`} role="img">
          <title>{`${boxes.length} resources and what waits for what. The list below says the same.`}</title>
          <defs>
            <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          {lines.map((points) => {
            const path = `M${points.map(({ x, y }) => `${x} ${y}`).join("L")}`;
            return <path key={path} class="line" d={path} marker-end="url(#tip)" />;
          })}
          {boxes.map(({ id, x, y, width: wide, height: high, type, name, kind }) => (
            <g key={id} class={kind} transform={`translate(${x - wide / 2} ${y - high / 2})`}>
              <rect width={wide} height={high} rx="6" />
              <text x={wide / 2} y={high / 2 - 5}>
                {type}
              </text>
              <text class="name" x={wide / 2} y={high / 2 + 11}>
                {name}
              </text>
            </g>
          ))}
        </svg>
      </section>
      <details>
        <summary>As a list</summary>
        <ul>
          {boxes.map(({ id, type, name }) => {
            const needed = graph.needs.filter(([, to]) => to === id).map(([from]) => nameOf(graph, from));
            return (
              <li key={id}>
                {type} {name}
                {needed.length > 0 && `, needs ${needed.join(", ")}`}
              </li>
            );
          })}
        </ul>
      </details>
    </>
  );
}

function nameOf({ resources }: Graph, id: string): string {
  return resources.find((resource) => resource.id === id)?.name ?? id;
}
