import { z } from "zod";

/** What every record of a trace says of itself. Times are milliseconds; those of the clock count from 1970. */
const common = {
  /** Version of this format. */
  v: z.literal(1),
  pid: z.int(),
  startMs: z.number(),
  durationMs: z.number(),
};

/** The resource on whose behalf it was done, where one is known. */
const urn = z.string().optional();

/** Start of a provider process: from its first instant (`startMs`) to the first call of the engine. */
const processRecord = z.object({
  ...common,
  kind: z.literal("process"),
  /** When Node.js itself was up. */
  nodeReadyMs: z.number(),
  /** When Pulumi's SDK was loaded and the process could listen. */
  sdkLoadedMs: z.number(),
  /** When the engine's first call had come and the first module of this package began to load. */
  firstModuleMs: z.number(),
  /** When this package's modules for the first resource were loaded and its first call began. */
  firstCallMs: z.number(),
  nodeVersion: z.string(),
  /** Memory of the process at its first call. */
  rssBytes: z.number(),
});

/** One call of the engine to a resource's provider. */
const providerRecord = z.object({
  ...common,
  kind: z.literal("provider"),
  /** Such as `Connector`. */
  type: z.string(),
  /** Name of the resource in the program. */
  name: z.string(),
  urn,
  op: z.enum(["check", "diff", "create", "read", "update", "delete"]),
  ok: z.boolean(),
  /** Memory of the process after the call. */
  rssBytes: z.number(),
});

/** One try of one request to a server. */
const requestRecord = z.object({
  ...common,
  kind: z.literal("request"),
  server: z.enum(["opensearch", "ollama"]),
  /** Method and path, such as `POST /_plugins/_ml/connectors/_create`. */
  request: z.string(),
  /** HTTP status; none when no answer came. */
  status: z.int().optional(),
  /** 1 for the first try of a call. */
  try: z.int(),
  urn,
});

/** Time spent until a server, or another call of the same process, was ready. */
const waitRecord = z.object({
  ...common,
  kind: z.literal("wait"),
  /** Completes "Waiting for …". */
  waitingFor: z.string(),
  /** How often the server was looked at; 0 where nothing is looked at, such as a turn in a queue. */
  looks: z.int(),
  urn,
});

/** One line of the file that `OLLAMA_CHAT_TRACE` names. */
export const traceRecord = z.discriminatedUnion("kind", [processRecord, providerRecord, requestRecord, waitRecord]);

export type TraceRecord = z.infer<typeof traceRecord>;
export type ProcessRecord = z.infer<typeof processRecord>;
export type ProviderRecord = z.infer<typeof providerRecord>;
export type RequestRecord = z.infer<typeof requestRecord>;
export type WaitRecord = z.infer<typeof waitRecord>;
