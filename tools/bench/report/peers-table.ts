import type { CaseResult, Results } from "../results";
import { occasion } from "./format";
import { PEER_SIZES, PEERS, PEERS_MEASURED, type PeerRow } from "./peers";
import { table } from "./table";

const STEPS = { create: "up", noOp: "up with nothing to do", refresh: "refresh", destroy: "destroy" } as const;

/** The peers' dated figures, with ours of the same sizes below them. */
export function peersBlock({ cases }: Results): string {
  const growth = cases.find(({ id }) => id === "B5");
  const ours = [1, 50].map((models) => ourRow(growth, models)).filter((row) => row !== undefined);
  const cell = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(2));
  const rows = [...PEERS, ...ours]
    .sort((a, b) => a.models - b.models)
    .map(({ tool, models, create, noOp, refresh, destroy, remark }) => [
      tool,
      String(models),
      cell(create),
      cell(noOp),
      cell(refresh),
      cell(destroy),
      remark ?? "",
    ]);
  const measured = growth === undefined ? "not measured yet" : occasion(growth);
  return [
    table(["tool", "models", "create s", "nothing to do s", "refresh s", "destroy s", "remark"], rows),
    `Peers: ${PEERS_MEASURED.date}, ${PEERS_MEASURED.server}. Ours: ${measured}: compare within a column only what waits for no server, and no closer than the processors are alike. OpenTofu's state is ${(PEER_SIZES.stateBytesAResource / 1000).toFixed(1)} kB a resource, its processes hold ${PEER_SIZES.processTreeMegabytes} MB.`,
  ].join("\n\n");
}

function ourRow(growth: CaseResult | undefined, models: number): PeerRow | undefined {
  const median = (what: string) =>
    growth?.figures.find((each) => each.what === what && each.side === "ours" && each.at === models)?.median;
  if (median(STEPS.create) === undefined) return undefined;
  const entries = Object.entries(STEPS).map(([key, what]) => [key, median(what)]);
  return { tool: "**this package**, whole commands", models, ...Object.fromEntries(entries) };
}
