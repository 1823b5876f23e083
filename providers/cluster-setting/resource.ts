import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `ClusterSetting`. */
export interface ClusterSettingArgs {
  /** How to reach the cluster. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Settings by flat key: strings, numbers, booleans, lists of these, or `null` for "not set". Any cluster setting, not
   * only those of ML Commons.
   */
  settings: pulumi.Input<Record<string, unknown>>;
  /** Settings that only some server versions know. A server without such a setting skips it. */
  whenKnown?: pulumi.Input<Record<string, unknown>>;
  /**
   * `persistent` or `transient` (see `SettingScope`).
   * @default "persistent"
   */
  scope?: pulumi.Input<string>;
  /**
   * `own`: this resource owns each value as a whole. `contribute`: it adds entries to list settings, and removes only
   * those (see `SettingMode`). It owns single values in both modes.
   * @default "own"
   */
  mode?: pulumi.Input<string>;
  /**
   * The value that a key gets when the resource is deleted or drops it: `previous`, `default` or `keep` (see
   * `RestoreOnDelete`). A value that somebody else has changed is always left alone.
   * @default "previous"
   */
  restoreOnDelete?: pulumi.Input<string>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * Settings of an OpenSearch cluster. Other keys are never touched, and `pulumi destroy` restores the previous values.
 *
 * @example
 * ```ts
 * const opened = new ClusterSetting("opened", {
 *   connection: { endpoint: "http://localhost:9200" },
 *   mode: SettingMode.contribute,
 *   settings: {
 *     "plugins.ml_commons.trusted_connector_endpoints_regex": [trustedEndpointRegex("http://ollama:11434/api/chat")],
 *     "plugins.ml_commons.connector.private_ip_enabled": true,
 *   },
 * });
 * ```
 */
export class ClusterSetting extends pulumi.CustomResource {
  /** Hash of the settings; pass it to `DeployedModel.settingsRevision`. */
  declare readonly revision: pulumi.Output<string>;
  /** UUID of the cluster that has the settings. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: ClusterSettingArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      revision: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
    };
    super(typeToken("ClusterSetting"), name, dynamicProperties("ClusterSetting", name, properties, opts), opts);
  }
}
