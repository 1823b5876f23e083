import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";
import type { Probe } from "./inputs";

/** Inputs of a `DeployedModel`. */
export interface DeployedModelArgs {
  /** How to reach the cluster. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Need not be unique.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * Free text; cannot be blank.
   * @default a text on the cluster that names the resource, its project and stack; it is not kept in the state
   */
  description?: pulumi.Input<string>;
  /** Id of the model group; a change moves the model. */
  modelGroupId: pulumi.Input<string>;
  /** Id of the connector; a change moves the running model to it without a lost answer. */
  connectorId: pulumi.Input<string>;
  /**
   * Off: every predict is refused with 403.
   * @default true
   */
  isEnabled?: pulumi.Input<boolean>;
  /** For example `{ limit: 10, unit: "MINUTES" }`. The server can change a limit, but never remove it. */
  rateLimiter?: pulumi.Input<Record<string, unknown>>;
  /** Under the server's own keys: `type`, `input_guardrail`, `output_guardrail`. */
  guardrails?: pulumi.Input<Record<string, unknown>>;
  /** JSON schemas of what goes in and out: `input`, `output`. */
  interface?: pulumi.Input<Record<string, unknown>>;
  /** Under the server's own keys: `is_auto_deploy_enabled`, `model_ttl_minutes`. */
  deploySetting?: pulumi.Input<Record<string, unknown>>;
  /**
   * `revision` of the `ClusterSetting` that opens the cluster: trust regexes and the private-address flag are frozen
   * into a model when it is deployed, so a new revision makes the model read them anew.
   */
  settingsRevision?: pulumi.Input<string>;
  /**
   * Deployed and ready, or only registered.
   * @default true
   */
  deployed?: pulumi.Input<boolean>;
  /** The question that proves readiness. Default: made from the connector. */
  probe?: pulumi.Input<Probe>;
  /**
   * Delete the model although pipelines or agents name it.
   * @default false
   */
  forceDelete?: pulumi.Input<boolean>;
  /**
   * Take over the model of this id instead of registering one; nothing is written. Where it differs from the program,
   * the next `pulumi up` changes it in place. (Dynamic resources cannot use `pulumi import`.)
   */
  adoptId?: pulumi.Input<string>;
  /** Deadlines in seconds; creating includes the first answer of the model. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A remote model of ML Commons, registered, deployed, and proved to answer.
 *
 * Every input changes in place, so `.id`, the model id that callers hold, stays. A model found undeployed is deployed
 * again by the next `pulumi up --refresh`.
 *
 * @example
 * ```ts
 * const connection = { endpoint: "http://localhost:9200" };
 * const group = new ModelGroup("team", { connection });
 * const preset = ollamaChat({ endpoint: "http://localhost:11434", model: "smollm2:135m" });
 * const connector = new Connector("chat", { connection, ...preset });
 * const model = new DeployedModel("chat", {
 *   connection,
 *   modelGroupId: group.id,
 *   connectorId: connector.id,
 * });
 * export const modelId = model.id;
 * ```
 */
export class DeployedModel extends pulumi.CustomResource {
  /** Its name on the cluster. */
  declare readonly name: pulumi.Output<string>;
  /** The server's word for the model's state, such as `DEPLOYED`. */
  declare readonly modelState: pulumi.Output<string>;
  /** UUID of the cluster on which the model was made. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: DeployedModelArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      modelState: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
    };
    // A forced replacement has to delete first: a model of the same owner would be taken for an interrupted run's.
    super(typeToken("DeployedModel"), name, dynamicProperties("DeployedModel", name, properties, opts), {
      deleteBeforeReplace: true,
      ...opts,
    });
  }
}
