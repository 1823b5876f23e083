import * as pulumi from "@pulumi/pulumi";
import type { ConnectorAction, ConnectorClientConfig } from "../../clients/opensearch/connectors";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of a `Connector`. */
export interface ConnectorArgs {
  /** How to reach the cluster. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Need not be unique. Letters, digits, spaces and `.,!?():@-_'/"`.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * Free text; cannot be blank.
   * @default a text that names the resource, its project and stack; only the cluster stores it, not the state
   */
  description?: pulumi.Input<string>;
  /**
   * Version of the connector, for information only.
   * @default 1
   */
  version?: pulumi.Input<number>;
  /**
   * One of `ConnectorProtocol`.
   * @default "http"
   */
  protocol?: pulumi.Input<string>;
  /**
   * Values for `${parameters.…}` in the actions. The server stores them as text and inserts them unescaped. Callers can
   * override them.
   */
  parameters?: pulumi.Input<Record<string, unknown>>;
  /**
   * Values for `${credential.…}`; encrypted in the state and on the server, which never returns them.
   * @default a placeholder, since the server requires one
   */
  credential?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What the connector can do; a preset such as `ollamaChat` builds it. */
  actions: pulumi.Input<pulumi.Input<ConnectorAction>[] | readonly ConnectorAction[]>;
  /** Time limits, in seconds, and retries of calls to the model server. Always set `readTimeoutSeconds`. */
  clientConfig?: pulumi.Input<ConnectorClientConfig>;
  /**
   * Parameters that callers send. With them, `check` finds placeholders that nobody fills.
   * @default not checked
   */
  predictParameters?: pulumi.Input<readonly string[]>;
  /**
   * The cluster's trusted-endpoint regexes. With them, a preview finds a URL that matches none. Changes nothing on the
   * server.
   * @default not checked
   */
  trustedEndpoints?: pulumi.Input<readonly string[]>;
  /**
   * Take over the connector of this id instead of creating one; nothing is written. If it differs from the program, the
   * next `pulumi up` replaces it. (Dynamic resources cannot use `pulumi import`.)
   */
  adoptId?: pulumi.Input<string>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A connector of ML Commons: how OpenSearch calls a model server.
 *
 * Any change creates a new connector. A `DeployedModel` that refers to it by `.id` switches to it without losing an
 * answer, and then the old connector is deleted.
 *
 * @example
 * ```ts
 * const connector = new Connector("chat", {
 *   connection: { endpoint: "http://localhost:9200" },
 *   ...ollamaChat({ endpoint: "http://localhost:11434", model: "smollm2:135m" }),
 * });
 * ```
 */
export class Connector extends pulumi.CustomResource {
  /** Its name on the cluster. */
  declare readonly name: pulumi.Output<string>;
  /** UUID of the cluster that has the connector. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: ConnectorArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
      ...(args?.credential === undefined ? {} : { credential: secretMembers(args.credential) }),
    };
    super(typeToken("Connector"), name, dynamicProperties("Connector", name, properties, opts), opts);
  }
}

function secretMembers(credential: pulumi.Input<Record<string, pulumi.Input<string>>>) {
  return pulumi
    .output(credential)
    .apply((members) => Object.fromEntries(Object.entries(members).map(([key, value]) => [key, pulumi.secret(value)])));
}
