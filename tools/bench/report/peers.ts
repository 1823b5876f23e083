/** Median seconds of one tool's steps; absent where it cannot do the step or was not tried. */
export interface PeerRow {
  readonly tool: string;
  readonly models: number;
  readonly create?: number;
  readonly noOp?: number;
  readonly refresh?: number;
  readonly destroy?: number;
  readonly remark?: string;
}

/** When and on what the peers were measured. Not part of `npm run bench`: it would need all of them installed. */
export const PEERS_MEASURED = {
  date: "2026-11-22",
  server:
    "OpenSearch 3.4.0 with the real ML Commons plugin, one node, no security, a model server that answers at once; Xeon 2.5 GHz, load 1.3 to 6.9",
} as const;

/** OpenTofu 1.12.6 with terraform-provider-opensearch 2.4.0, flow-framework 3.4.0.0, the guide with opensearch-py. */
export const PEERS: readonly PeerRow[] = [
  { tool: "raw API, polling every 20 ms", models: 1, create: 0.83, refresh: 0.34, destroy: 0.55 },
  { tool: "the guide's flow, polling every 5 s", models: 1, create: 5.8, destroy: 0.57 },
  { tool: "OpenTofu", models: 1, create: 3.54, noOp: 0.73, refresh: 0.66, destroy: 1.3 },
  {
    tool: "flow-framework",
    models: 1,
    create: 1.16,
    destroy: 2.16,
    remark: "leaves the group; knows no drift and no update",
  },
  { tool: "raw API, 10 workers", models: 50, create: 17.6, refresh: 0.32, destroy: 6.2 },
  { tool: "OpenTofu, one at a time", models: 50, create: 121, noOp: 2.49, refresh: 1.42, destroy: 9.5 },
  {
    tool: "OpenTofu, its default",
    models: 50,
    noOp: 1.94,
    refresh: 1.23,
    destroy: 10.5,
    remark: "create fails: 40 to 43 of 50 models; whole after 11 applies, or not after 13",
  },
  { tool: "flow-framework", models: 50, remark: "impossible: 50 steps at most" },
];

/** Bytes of state a resource, and memory of the process tree, of OpenTofu with 50 models. */
export const PEER_SIZES = { stateBytesAResource: 1300, processTreeMegabytes: 139 } as const;
