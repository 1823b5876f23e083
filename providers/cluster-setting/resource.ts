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
   * Settings by flat key: texts, numbers, booleans, lists of these, or `null` for "not set". Any cluster setting, not
   * only those of ML Commons.
   */
  settings: pulumi.Input<Record<string, unknown>>;
  /** The same for keys that only some versions know: they are skipped where the server has no such setting. */
  whenKnown?: pulumi.Input<Record<string, unknown>>;
  /**
   * `persistent` or `transient` (see `SettingScope`).
   * @default "persistent"
   */
  scope?: pulumi.Input<string>;
  /**
   * `own`: each key is ours alone. `contribute`: our entries are added to list settings, and only those are taken back
   * (see `SettingMode`); single values are owned in both.
   * @default "own"
   */
  mode?: pulumi.Input<string>;
  /**
   * What becomes of a key on delete or when it is dropped, while its value is still ours: `previous`, `default` or
   * `keep` (see `RestoreOnDelete`). A value that somebody changed since is always left alone.
   * @default "previous"
   */
  restoreOnDelete?: pulumi.Input<string>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * Settings of an OpenSearch cluster. Foreign keys are never touched, and destroying puts back what was there before.
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
  /** Hash of what is set; pass it to `DeployedModel.settingsRevision`. */
  declare readonly revision: pulumi.Output<string>;
  /** UUID of the cluster on which the settings were made. */
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
