import { z } from "zod";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { count, MOST_COUNT, wholeSeconds } from "../shared/values";
import { brokenRegex } from "./trust";

/** How ML Commons talks to the model server. */
export const ConnectorProtocol = {
  /** Plain HTTP or HTTPS; what Ollama speaks. */
  http: "http",
  /** HTTPS with requests signed for AWS. */
  awsSigv4: "aws_sigv4",
  /** A Model Context Protocol server, by server-sent events. */
  mcpSse: "mcp_sse",
  /** The same, by streamable HTTP. */
  mcpStreamableHttp: "mcp_streamable_http",
} as const;

/** How retries of a connector are spaced. */
export const RetryBackoffPolicy = {
  /** The same pause each time. */
  constant: "constant",
  /** Doubled each time, half of it by chance. */
  exponentialEqualJitter: "exponential_equal_jitter",
  /** Doubled each time, all of it by chance. */
  exponentialFullJitter: "exponential_full_jitter",
} as const;

/** What the program says of a connector. Any change makes a new connector. */
export interface ConnectorInputs extends Owned {
  readonly connection: Connection;
  readonly name: string;
  readonly description?: string;
  readonly version?: number;
  readonly protocol?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly credential?: Readonly<Record<string, string>>;
  readonly actions: readonly ConnectorAction[];
  readonly clientConfig?: ConnectorClientConfig;
  readonly predictParameters?: readonly string[];
  readonly trustedEndpoints?: readonly string[];
  readonly adoptId?: string;
  readonly timeouts?: Timeouts;
}

export interface ConnectorState extends ConnectorInputs {
  readonly clusterUuid: string;
  /** Tells this connector from one that a later resource of the same owner took over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

/** Hidden parameter in which the server keeps who made a connector; `read` leaves it out. */
export const OWNER_PARAMETER = "pulumi_owner";

const actionSchema = z.looseObject({
  actionType: z.string("must be text such as predict").min(1, "must not be empty"),
  method: z.enum(["GET", "POST", "PUT"], "must be GET, POST or PUT"),
  url: z
    .string("must be a URL")
    .regex(
      /^(https?:\/\/|\$\{parameters\.)/,
      "must begin with http:// or https://, such as http://ollama:11434/api/chat",
    ),
  headers: z.record(z.string(), z.string("must be text")).optional(),
  requestBody: z.string("must be text").optional(),
  preProcessFunction: z.string("must be text").optional(),
  postProcessFunction: z.string("must be text").optional(),
  name: z
    .string("must be text")
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -")
    .optional(),
});

const retriesRule = "must be a whole number from -1 (no limit) to 2147483647";
const protocolRule = `must be one of ${Object.values(ConnectorProtocol).join(", ")}`;
const backoffRule = `must be one of ${Object.values(RetryBackoffPolicy).join(", ")}`;

export const connectorSchema = z.looseObject({
  connection: connectionSchema,
  name: safeText("must not be empty").optional(),
  description: safeText("must not be blank").optional(),
  version: count.min(1, "must be 1 or more").optional(),
  protocol: z.enum(Object.values(ConnectorProtocol), protocolRule).optional(),
  parameters: z
    .record(z.string(), z.unknown(), "must be an object")
    .refine((p) => !(OWNER_PARAMETER in p), `must not hold ${OWNER_PARAMETER}, which this package keeps for itself`)
    .optional(),
  credential: z
    .record(z.string(), z.string("must be text"), "must be an object of texts")
    .refine((c) => Object.keys(c).length > 0, "must not be empty: leave it out where the model server asks for none")
    .optional(),
  actions: z.array(actionSchema, "must be a list of actions").min(1, "must hold at least one action"),
  clientConfig: z
    .strictObject(
      {
        maxConnection: count.optional(),
        connectionTimeoutSeconds: wholeSeconds.optional(),
        readTimeoutSeconds: wholeSeconds.optional(),
        maxRetryTimes: z.int(retriesRule).min(-1, retriesRule).max(MOST_COUNT, retriesRule).optional(),
        retryBackoffPolicy: z.enum(Object.values(RetryBackoffPolicy), backoffRule).optional(),
        retryBackoffMilliseconds: count.optional(),
        retryTimeoutSeconds: wholeSeconds.optional(),
        skipSslVerification: z.boolean("must be true or false").optional(),
      },
      {
        error: (issue) =>
          issue.code === "unrecognized_keys"
            ? "Allowed: maxConnection, connectionTimeoutSeconds, readTimeoutSeconds, maxRetryTimes, retryBackoffPolicy, retryBackoffMilliseconds, retryTimeoutSeconds, skipSslVerification."
            : "must be an object such as { readTimeoutSeconds: 300 }",
      },
    )
    .optional(),
  predictParameters: z.array(z.string("must be text"), "must be a list of parameter names").optional(),
  trustedEndpoints: z
    .array(
      z.string("must be text").superRefine((entry, context) => {
        const message = brokenRegex(entry);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      }),
      "must be a list of regexes",
    )
    .optional(),
  adoptId: z.string("must be a connector's id").min(1, "must be a connector's id").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
