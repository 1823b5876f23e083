import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `ModelGroup`. */
export interface ModelGroupArgs {
  /** How to reach the cluster. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Unique name in the cluster; changes in place.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * Free text. Cannot be blank: the server ignores a blank one.
   * @default a text that names the resource, its project and stack; only the cluster stores it, not the state
   */
  description?: pulumi.Input<string>;
  /** `public`, `private` or `restricted` (see `AccessMode`). The server refuses it while access control is off. */
  accessMode?: pulumi.Input<string>;
  /** Roles that may use a restricted group. */
  backendRoles?: pulumi.Input<pulumi.Input<string>[]>;
  /** Give all backend roles of the connection's user access to a restricted group. */
  addAllBackendRoles?: pulumi.Input<boolean>;
  /**
   * Take over an existing group of this name instead of failing.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A model group of ML Commons. Each model belongs to a group, and access is granted per group.
 *
 * Every input changes in place. Refer to the group by `.id`.
 *
 * @example
 * ```ts
 * const group = new ModelGroup("chat", { connection: { endpoint: "http://localhost:9200" } });
 * export const modelGroupId = group.id;
 * ```
 */
export class ModelGroup extends pulumi.CustomResource {
  /** Its name on the cluster. */
  declare readonly name: pulumi.Output<string>;
  /** UUID of the cluster that has the group. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: ModelGroupArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
    };
    // Names are unique, so a forced replacement must delete the old group first.
    super(typeToken("ModelGroup"), name, dynamicProperties("ModelGroup", name, properties, opts), {
      deleteBeforeReplace: true,
      ...opts,
    });
  }
}
