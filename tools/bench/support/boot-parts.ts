import type { TraceRecord } from "../../../clients/trace-record";
import type { Ran } from "./engine-stack";

const PARTS = [
  "to the first provider call",
  "to the first write on the cluster: images, containers, boot, health check",
  "the chat chain, to the model's first answer",
  "the rest of the command",
] as const;

/** Seconds of each part of a first `up` in Docker, in their order. */
export type BootParts = Readonly<Record<(typeof PARTS)[number], number>>;

const ON_CLUSTER = ["ClusterSetting", "ModelGroup", "Connector", "DeployedModel"];

export function bootParts(
  { startMs, seconds }: Pick<Ran, "startMs" | "seconds">,
  trace: readonly TraceRecord[],
): BootParts {
  const calls = trace.filter((record) => record.kind === "provider");
  const writes = calls.filter(({ op, type }) => op === "create" && ON_CLUSTER.includes(type));
  if (writes.length === 0) throw new Error("The trace tells of no resource made on the cluster.");
  const cuts = [
    startMs,
    Math.min(...calls.map((call) => call.startMs)),
    Math.min(...writes.map((call) => call.startMs)),
    Math.max(...calls.map((call) => call.startMs + call.durationMs)),
    startMs + seconds * 1000,
  ];
  return Object.fromEntries(PARTS.map((part, i) => [part, ((cuts[i + 1] ?? 0) - (cuts[i] ?? 0)) / 1000])) as BootParts;
}
