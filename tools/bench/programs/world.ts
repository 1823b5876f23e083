import type { Connection } from "../../../clients/opensearch/connect";

/** How programs and bare requests reach the cluster: no secret in it, so none comes into a measured state. */
export type PlainConnection = Pick<Connection, "endpoint" | "username" | "passwordEnv" | "caCertificateFile">;

/** What a measured program makes; handed over as the stack's configuration. */
export interface World {
  /** Ours, or as many resources of the same inputs and dependencies whose provider does nothing. */
  readonly side: "ours" | "floor";
  readonly connection: PlainConnection;
  readonly modelServer: string;
  /** Name of the model group: two stacks may stand on one cluster. */
  readonly group: string;
  /** How many pairs of a connector and a deployed model, all in one group. */
  readonly models: number;
  /** The cluster settings too, as a resource; without, they are set already. */
  readonly settings?: Readonly<Record<string, string | readonly string[]>>;
}
