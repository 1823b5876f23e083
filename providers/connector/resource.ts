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
   * @default a text on the cluster that names the resource, its project and stack; it is not kept in the state
   */
  description?: pulumi.Input<string>;
  /**
   * Version of the connector, for people.
   * @default 1
   */
  version?: pulumi.Input<number>;
  /**
   * One of `ConnectorProtocol`.
   * @default "http"
   */
  protocol?: pulumi.Input<string>;
  /**
   * Values for `${parameters.…}` in the actions. The server keeps them as text and puts them in unescaped; callers may
   * override them.
   */
  parameters?: pulumi.Input<Record<string, unknown>>;
  /**
   * Values for `${credential.…}`; encrypted in the state and on the server, which never shows them again.
   * @default a placeholder, since the server insists on one
   */
  credential?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What the connector can do; a preset such as `ollamaChat` builds it. */
  actions: pulumi.Input<pulumi.Input<ConnectorAction>[] | readonly ConnectorAction[]>;
  /** Time limits, in seconds, and retries of calls to the model server. Give `readTimeoutSeconds` always. */
  clientConfig?: pulumi.Input<ConnectorClientConfig>;
  /**
   * Parameters that callers fill in, for the check that nothing stays unfilled.
   * @default not checked
   */
  predictParameters?: pulumi.Input<readonly string[]>;
  /**
   * The entries that the cluster trusts, so that a URL which matches none is found in preview. Changes nothing on the
   * server.
   * @default not checked
   */
  trustedEndpoints?: pulumi.Input<readonly string[]>;
  /**
   * Take over the connector of this id instead of making one; nothing is written. Where it differs from the program,
   * the next `pulumi up` replaces it. (Dynamic resources cannot use `pulumi import`.)
   */
  adoptId?: pulumi.Input<string>;
  /** Deadlines in seconds. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A connector of ML Commons: how OpenSearch calls a model server.
 *
 * Any change makes a new connector. A `DeployedModel` that refers to it by `.id` moves over without a lost answer, and
 * then the old connector is deleted.
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
  /** UUID of the cluster on which the connector was made. */
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
