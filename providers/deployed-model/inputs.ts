import { z } from "zod";
import { safeText } from "../shared/auto-name";
import { type Connection, connectionSchema } from "../shared/connection";
import type { Owned } from "../shared/ownership";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** How to prove that a model is ready. */
export interface Probe {
  /** Send the model a real question and wait for its answer. Default: true. */
  readonly enabled?: boolean;
  /** Parameters of that question. Default: made from the placeholders of the connector's predict action. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Inputs of a deployed model. Every input changes in place, so the model's id stays. */
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
  /** Revision of the cluster settings that a model reads only when it is deployed. */
  readonly settingsRevision?: string;
  /** Whether to deploy the model. `check` always sets it, so that previews show a model that was found undeployed. */
  readonly deployed: boolean;
  readonly probe?: Probe;
  readonly forceDelete?: boolean;
  readonly adoptId?: string;
  readonly timeouts?: Timeouts;
}

export interface DeployedModelState extends DeployedModelInputs {
  readonly clusterUuid: string;
  /** Differs from the instance on the server once a later resource took the model over. Absent in states up to 0.2. */
  readonly instance?: string;
  /** The server's state of the model, such as `DEPLOYED`. */
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
