import type * as pulumi from "@pulumi/pulumi";
import { SecurityRole } from "../providers/security-role/resource";
import { SecurityUser } from "../providers/security-user/resource";
import type { ConnectionArgs } from "../providers/shared/connection-args";
import type { Transforms } from "./transforms";

/** The only permission that a predict needs, in any model group; seen on OpenSearch 3.6.0. */
export const PREDICT = "cluster:admin/opensearch/ml/predict";

interface PredictUserContext {
  /** Of the component. */
  readonly name: string;
  readonly connection: ConnectionArgs;
  /** Of the models' group: where access to models is controlled, a restricted group opens to its roles only. */
  readonly backendRoles: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Whether the stack owns the cluster. Then nobody else can be using the role when it is deleted. */
  readonly isOurs: boolean;
  readonly options: pulumi.CustomResourceOptions;
  readonly transform: Transforms;
}

/** A user with a password of its own who may ask the models and do nothing else. */
export function createPredictUser(context: PredictUserContext): SecurityUser {
  const { name, connection, backendRoles, isOurs, options, transform } = context;
  const roleArgs = { connection, clusterPermissions: [PREDICT], ...(isOurs ? { forceDelete: true } : {}) };
  const role = new SecurityRole(`${name}-predict-role`, transform.predictRole?.(roleArgs) ?? roleArgs, options);
  const userArgs = { connection, securityRoles: [role.id], ...(backendRoles === undefined ? {} : { backendRoles }) };
  return new SecurityUser(`${name}-predict-user`, transform.predictUser?.(userArgs) ?? userArgs, options);
}
