import { Graph as DagreGraph, layout } from "@dagrejs/dagre";
import type { Graph } from "../protocol";

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Box & Graph["resources"][number])[];
  /** Each line's points, from the resource to the one that needs it. */
  readonly lines: readonly (readonly { readonly x: number; readonly y: number }[])[];
}

const HEIGHT = 44;
/** Wide enough for a letter of the picture's font. */
const LETTER_WIDTH = 7.2;

/** Where the resources stand: what is needed first on the left, as in docs/graph.svg. */
export function drawing({ resources, needs }: Graph): Drawing {
  const graph = new DagreGraph().setGraph({ rankdir: "LR", nodesep: 14, ranksep: 44, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, type, name } of resources) {
    const width = Math.max(type.length, name.length) * LETTER_WIDTH + 20;
    graph.setNode(id, { width, height: HEIGHT });
  }
  for (const [from, to] of direct(needs)) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    boxes: resources.map((resource) => ({ ...resource, ...(graph.node(resource.id) as Omit<Box, "id">) })),
    lines: graph.edges().map((edge) => (graph.edge(edge) as { points: { x: number; y: number }[] }).points),
  };
}

/** Without what a longer way says already. */
function direct(needs: Graph["needs"]): Graph["needs"] {
  const next = new Map<string, string[]>();
  for (const [from, to] of needs) next.set(from, [...(next.get(from) ?? []), to]);
  const reachable = (from: string, seen: Set<string>): Set<string> => {
    for (const to of next.get(from) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      reachable(to, seen);
    }
    return seen;
  };
  return needs.filter(([from, to]) => {
    return !(next.get(from) ?? []).some((other) => other !== to && reachable(other, new Set()).has(to));
  });
}
