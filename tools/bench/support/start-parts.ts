import { z } from "zod";
import type { TraceRecord } from "../../../clients/trace-record";
import type { Ran } from "./engine-stack";
import { PROVIDER_HOST } from "./processes";

const PARTS = [
  "CLI: project, state, key derivation, a first language host",
  "language host that runs the program",
  "program: Pulumi's SDK, this package, first resource registered",
  "launcher of the provider",
  "Node.js of the provider",
  "Pulumi's SDK in the provider",
  "engine connects to the provider and configures it",
  "this package's modules for the first resource",
] as const;

/** Milliseconds of each part of the start, in their order. */
export type StartParts = Readonly<Record<(typeof PARTS)[number], number>>;

/** Cuts the start of a command at the starts of its processes and at what the provider's process noted of itself. */
export function startParts(
  { startMs, processes }: Pick<Ran, "startMs" | "processes">,
  trace: readonly TraceRecord[],
): StartParts {
  const started = (pattern: RegExp): number => {
    const found = processes.filter(({ command }) => pattern.test(command)).at(-1);
    if (found === undefined) throw new Error(`No process like ${pattern} was seen.`);
    return found.startMs;
  };
  const provider = trace.find((record) => record.kind === "process");
  if (provider === undefined) throw new Error("The trace tells of no provider process.");
  const cuts = [
    startMs,
    started(/pulumi-language-nodejs [\d.:]+$/),
    started(/--query-mode/),
    started(PROVIDER_HOST),
    provider.startMs,
    provider.nodeReadyMs,
    provider.sdkLoadedMs,
    provider.firstModuleMs,
    provider.firstCallMs,
  ];
  return Object.fromEntries(PARTS.map((part, i) => [part, (cuts[i + 1] ?? 0) - (cuts[i] ?? 0)])) as StartParts;
}

const logLine = z.object({ time: z.string(), msg: z.string() });

/**
 * What the CLI does between the end of its first language host and its next step: it derives the key from the
 * passphrase, by a million rounds of PBKDF2. Read from its log at level 9.
 */
export function keyDerivationMilliseconds(log: string): number {
  const lines = log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => logLine.parse(JSON.parse(line)));
  const killed = lines.findIndex(
    ({ msg }) => msg.startsWith("killing plugin") && msg.includes("pulumi-language-nodejs"),
  );
  const [before, after] = [lines[killed], lines[killed + 1]];
  if (killed < 0 || before === undefined || after === undefined) throw new Error("The CLI's log has another shape.");
  return Date.parse(after.time) - Date.parse(before.time);
}
