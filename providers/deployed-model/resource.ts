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
   * @default a text that names the resource, its project and stack; only the cluster stores it, not the state
   */
  description?: pulumi.Input<string>;
  /** Id of the model group; a change moves the model. */
  modelGroupId: pulumi.Input<string>;
  /** Id of the connector; a change switches the running model to it without losing an answer. */
  connectorId: pulumi.Input<string>;
  /**
   * If false, the server refuses every predict with 403.
   * @default true
   */
  isEnabled?: pulumi.Input<boolean>;
  /** For example `{ limit: 10, unit: "MINUTES" }`. The server can change a limit, but not remove it. */
  rateLimiter?: pulumi.Input<Record<string, unknown>>;
  /** With the server's keys: `type`, `input_guardrail`, `output_guardrail`. */
  guardrails?: pulumi.Input<Record<string, unknown>>;
  /** JSON schemas of requests and answers: `input`, `output`. */
  interface?: pulumi.Input<Record<string, unknown>>;
  /** With the server's keys: `is_auto_deploy_enabled`, `model_ttl_minutes`. */
  deploySetting?: pulumi.Input<Record<string, unknown>>;
  /**
   * `revision` of the `ClusterSetting` that trusts the model server. A model reads trusted-endpoint regexes and the
   * private-address flag only when it is deployed; a new revision makes it read them again.
   */
  settingsRevision?: pulumi.Input<string>;
  /**
   * Deploy the model. If false, it is only registered.
   * @default true
   */
  deployed?: pulumi.Input<boolean>;
  /** The question that proves that the model is ready. Default: derived from the connector. */
  probe?: pulumi.Input<Probe>;
  /**
   * Delete the model even if pipelines or agents use it.
   * @default false
   */
  forceDelete?: pulumi.Input<boolean>;
  /**
   * Take over the model of this id instead of registering one; nothing is written. If it differs from the program, the
   * next `pulumi up` changes it in place. (Dynamic resources cannot use `pulumi import`.)
   */
  adoptId?: pulumi.Input<string>;
  /** Deadlines in seconds. Creating includes the model's first answer. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A remote model of ML Commons: registered, deployed, and proved to answer.
 *
 * Every input changes in place, so `.id`, the model id that callers use, stays the same. If the model was undeployed
 * elsewhere, the next `pulumi up --refresh` deploys it again.
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
  /** The server's state of the model, such as `DEPLOYED`. */
  declare readonly modelState: pulumi.Output<string>;
  /** UUID of the cluster that has the model. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: DeployedModelArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      modelState: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
    };
    // A forced replacement must delete first, or `create` would take the old model for one of an interrupted run.
    super(typeToken("DeployedModel"), name, dynamicProperties("DeployedModel", name, properties, opts), {
      deleteBeforeReplace: true,
      ...opts,
    });
  }
}
