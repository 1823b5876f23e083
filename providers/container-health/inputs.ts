import { z } from "zod";
import { endpointSchema } from "../shared/connection";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** The container to wait for. `ContainerHealthArgs` documents each member. */
export interface ContainerHealthInputs {
  readonly containerId: string;
  readonly endpoint: string;
  readonly dockerHost?: string;
  readonly timeouts?: Timeouts;
  readonly owner?: string;
}

export interface ContainerHealthState extends ContainerHealthInputs {
  readonly schemaVersion: number;
}

export const SCHEMA_VERSION = 1;

/** Every input except `owner`. */
export const INPUT_KEYS = [
  "containerId",
  "endpoint",
  "dockerHost",
  "timeouts",
] as const satisfies readonly (keyof ContainerHealthInputs)[];

const idRule = "must be a container's id or name";
const hostRule = "must be an address as in DOCKER_HOST, such as unix:///var/run/docker.sock";

export const containerHealthSchema = z.looseObject({
  containerId: z.string(idRule).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, idRule),
  endpoint: endpointSchema,
  dockerHost: z
    .string(hostRule)
    .regex(/^[a-z]+:\/\/\S+$/, hostRule)
    .optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
