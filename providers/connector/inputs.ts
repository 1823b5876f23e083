import { z } from "zod";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";
import { count, MOST_COUNT, wholeSeconds } from "../shared/values";
import { regexSyntaxProblem } from "./trust";

/** Protocol between ML Commons and the model server. */
export const ConnectorProtocol = {
  /** HTTP or HTTPS, as for Ollama. */
  http: "http",
  /** HTTPS with requests signed for AWS. */
  awsSigv4: "aws_sigv4",
  /** A Model Context Protocol server over server-sent events. */
  mcpSse: "mcp_sse",
  /** A Model Context Protocol server over streamable HTTP. */
  mcpStreamableHttp: "mcp_streamable_http",
} as const;

/** Pause between a connector's retries. */
export const RetryBackoffPolicy = {
  /** The same pause each time. */
  constant: "constant",
  /** Doubles each time; half of the pause is random. */
  exponentialEqualJitter: "exponential_equal_jitter",
  /** Doubles each time; the whole pause is random. */
  exponentialFullJitter: "exponential_full_jitter",
} as const;

/** Inputs of a connector. Changing one creates a new connector. */
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
  /** Differs from the instance on the server once a later resource took the connector over. */
  readonly instance: string;
  readonly schemaVersion: number;
}

/** Hidden parameter with the connector's mark; `read` leaves it out. */
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
        const message = regexSyntaxProblem(entry);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      }),
      "must be a list of regexes",
    )
    .optional(),
  adoptId: z.string("must be a connector's id").min(1, "must be a connector's id").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
