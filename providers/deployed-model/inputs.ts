import { z } from "zod";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** How readiness is proved. */
export interface Probe {
  /** Ask the model a real question before calling it ready. Default: true. */
  readonly enabled?: boolean;
  /** Parameters of that question. Default: made from the placeholders of the connector's predict action. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What the program says of a deployed model. Every member changes in place, so its id stays. */
export interface DeployedModelInputs extends Owned {
  readonly connection: Connection;
  readonly name: string;
  readonly description?: string;
  readonly modelGroupId: string;
  readonly connectorId: string;
  readonly isEnabled?: boolean;
  readonly rateLimiter?: Readonly<Record<string, unknown>>;
  readonly guardrails?: Readonly<Record<string, unknown>>;
  readonly interface?: Readonly<Record<string, unknown>>;
  readonly deploySetting?: Readonly<Record<string, unknown>>;
  /** Revision of the settings that are frozen into a model when it is deployed. */
  readonly settingsRevision?: string;
  /** Whether the model shall be deployed; written by `check` so that previews name a model found undeployed. */
  readonly deployed: boolean;
  readonly probe?: Probe;
  readonly forceDelete?: boolean;
  readonly adoptId?: string;
  readonly timeouts?: Timeouts;
}

export interface DeployedModelState extends DeployedModelInputs {
  readonly clusterUuid: string;
  /** Tells this object from one that a later resource of the same owner took over. Absent in states up to 0.2. */
  readonly instance?: string;
  /** The server's word, such as `DEPLOYED`. */
  readonly modelState: string;
  readonly schemaVersion: number;
}

const json = z.record(z.string(), z.unknown(), "must be an object").optional();
const id = (of: string) => z.string(`must be the id of a ${of}`).min(1, `must be the id of a ${of}, such as x.id`);

export const deployedModelSchema = z.looseObject({
  connection: connectionSchema,
  name: safeText("must not be empty").optional(),
  description: safeText("must not be blank").optional(),
  modelGroupId: id("ModelGroup"),
  connectorId: id("Connector"),
  isEnabled: z.boolean("must be true or false").optional(),
  rateLimiter: z
    .strictObject(
      {
        limit: z.number("must be a number").positive("must be above 0"),
        unit: z.enum(
          ["DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS", "MICROSECONDS", "NANOSECONDS"],
          "must be one of DAYS, HOURS, MINUTES, SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS",
        ),
      },
      'must be an object such as { limit: 10, unit: "MINUTES" }',
    )
    .optional(),
  guardrails: json,
  interface: json,
  deploySetting: json,
  settingsRevision: z.string("must be text").optional(),
  deployed: z.boolean("must be true or false").optional(),
  probe: z
    .strictObject(
      { enabled: z.boolean("must be true or false").optional(), parameters: json },
      'must be an object such as { parameters: { prompt: "Are you there?" } }',
    )
    .optional(),
  forceDelete: z.boolean("must be true or false").optional(),
  adoptId: z.string("must be a model's id").min(1, "must be a model's id").optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
