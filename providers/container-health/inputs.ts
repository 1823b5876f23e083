import { z } from "zod";
import { type Connection, connectionSchema, endpointSchema } from "../shared/connection";
import type { DockerTls } from "../shared/docker-address";
import { type Timeouts, timeoutsSchema } from "../shared/timeouts";

/** The cluster that a container's node belongs to. `ContainerClusterArgs` documents each member. */
export interface ContainerCluster {
  readonly connection: Connection;
  readonly node: number;
  readonly nodes: number;
}

/** The container to wait for. `ContainerHealthArgs` documents each member. */
export interface ContainerHealthInputs {
  readonly containerId: string;
  readonly endpoint: string;
  readonly dockerHost?: string;
  readonly dockerTls?: DockerTls;
  readonly cluster?: ContainerCluster;
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
  "dockerTls",
  "cluster",
  "timeouts",
] as const satisfies readonly (keyof ContainerHealthInputs)[];

/** What is waited for. How Docker is asked for it makes no difference to a container that is healthy. */
export const AWAITED_KEYS = [
  "containerId",
  "endpoint",
  "cluster",
  "timeouts",
] as const satisfies readonly (keyof ContainerHealthInputs)[];

const idRule = "must be a container's id or name";
const optionalText = z.string("must be text").optional();
const hostRule = "must be an address as in DOCKER_HOST, such as unix:///var/run/docker.sock";

const nodeRule = "must be a whole number from 1";
const node = z.int(nodeRule).min(1, nodeRule);
const clusterSchema = z.strictObject(
  { connection: connectionSchema, node, nodes: node },
  {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? "Allowed: connection, node, nodes."
        : "must be an object such as { connection, node: 1, nodes: 3 }",
  },
);

export const containerHealthSchema = z.looseObject({
  containerId: z.string(idRule).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, idRule),
  endpoint: endpointSchema,
  dockerHost: z
    .string(hostRule)
    .regex(/^[a-z]+:\/\/\S+$/, hostRule)
    .optional(),
  dockerTls: z
    .strictObject(
      { certPath: optionalText, caMaterial: optionalText, certMaterial: optionalText, keyMaterial: optionalText },
      {
        error: ({ code }) =>
          code === "unrecognized_keys"
            ? "Allowed: certPath, caMaterial, certMaterial, keyMaterial."
            : 'must be an object such as { certPath: "/home/me/.docker" }',
      },
    )
    .optional(),
  cluster: clusterSchema.optional(),
  timeouts: timeoutsSchema.optional(),
  owner: z.string().optional(),
});
