import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type OllamaAuthArgs, ollamaAuthInput } from "../shared/ollama-auth-args";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of an `OllamaModel`. */
export interface OllamaModelArgs {
  /** Base URL of the Ollama server as seen from where Pulumi runs, for example `http://localhost:11434`. */
  endpoint: pulumi.Input<string>;
  /**
   * What a gateway in front of Ollama asks for: a bearer token, user and password, or headers. A change is an update
   * that touches no model. Default: nothing.
   */
  auth?: pulumi.Input<OllamaAuthArgs>;
  /**
   * Name with tag, for example `smollm2:135m`. The default tag is `latest`. A change replaces the resource; the new
   * model is in place before the old one is removed.
   */
  model: pulumi.Input<string>;
  /**
   * Create the model on the server from this base model instead of pulling it. A missing base is pulled, and later
   * removed together with the resource. Must differ from `model`.
   */
  from?: pulumi.Input<string>;
  /** System prompt of a model created with `from`. Default: the base's. */
  system?: pulumi.Input<string>;
  /**
   * Parameters of a model created with `from`, added to the base's, for example `{ temperature: 0, num_ctx: 4096, stop:
   * ["<end>"] }`.
   */
  parameters?: pulumi.Input<Record<string, unknown>>;
  /** Prompt template (a Go template) of a model created with `from`. Default: the base's. */
  template?: pulumi.Input<string>;
  /**
   * Pull by this full name, then rename to `model`. For a private registry, such as
   * `registry.example:5000/library/smollm2:135m`.
   */
  source?: pulumi.Input<string>;
  /**
   * The registry uses plain HTTP, or has a certificate that Ollama does not trust.
   * @default false
   */
  insecure?: pulumi.Input<boolean>;
  /**
   * The expected build: the digest that `ollama list` shows, at least 12 hex digits. A moved tag is then detected and
   * pulled again. Without this input a new digest only shows in the output.
   */
  expectedDigest?: pulumi.Input<string>;
  /**
   * Load the model into memory after pulling it, so that the first question does not wait for loading.
   * @default false
   */
  warmUp?: pulumi.Input<boolean>;
  /**
   * How long the warmed-up model stays in memory unused: `30s`, `5m`, `24h`, or `-1` for ever. Requires `warmUp`.
   * Default: the server's, which is 5 minutes unless its OLLAMA_KEEP_ALIVE says otherwise.
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * Options for loading the model in the warm-up, such as `{ num_ctx: 4096 }`. Use the values that callers send: a
   * question with another `num_ctx`, `num_batch`, `num_gpu`, `main_gpu`, `num_thread` or `use_mmap` makes Ollama reload
   * the model. Requires `warmUp`. Default: the model's.
   */
  loadOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * Leave the model on the server when the resource is deleted. `false` removes it if this resource pulled or created
   * it. Use that only if nobody else uses the server, since Ollama cannot tell who uses a model.
   * @default true
   */
  retainOnDelete?: pulumi.Input<boolean>;
  /** Deadlines in seconds. Default: create and update 1800, since gigabytes may be transferred; delete 120. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A model on an Ollama server: pulled from a registry, or created there from another model.
 *
 * A model that is already on the server is used as it is and never removed. A model that this resource pulled or
 * created stays as well, since other stacks may use it by then; `retainOnDelete: false` removes it with the resource.
 * Refer to the model by `.id`, which is its name with tag.
 *
 * @example
 * ```ts
 * const base = new OllamaModel("base", { endpoint: "http://localhost:11434", model: "smollm2:135m" });
 * const terse = new OllamaModel("terse", {
 *   endpoint: "http://localhost:11434",
 *   model: "smollm2-terse:1",
 *   from: base.id,
 *   system: "Answer in one sentence.",
 *   parameters: { temperature: 0 },
 *   warmUp: true,
 * });
 * export const chatModel = terse.id;
 * ```
 */
export class OllamaModel extends pulumi.CustomResource {
  /** Base URL of the server. */
  declare readonly endpoint: pulumi.Output<string>;
  /** Name with tag. */
  declare readonly model: pulumi.Output<string>;
  /** SHA-256 of the model's manifest on this server, 64 hex digits. */
  declare readonly digest: pulumi.Output<string>;
  /** Size on disk, in bytes. Layers shared between models count for each of them. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** When the name was last written on the server, RFC 3339. */
  declare readonly modifiedAt: pulumi.Output<string>;
  /** True if this resource pulled or created the model, and so may delete it. */
  declare readonly pulled: pulumi.Output<boolean>;

  constructor(name: string, args: OllamaModelArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { digest: undefined, sizeBytes: undefined, modifiedAt: undefined, pulled: undefined };
    const auth = args?.auth === undefined ? {} : { auth: ollamaAuthInput(args.auth) };
    const properties = { ...outputs, ...args, ...auth };
    super(typeToken("OllamaModel"), name, dynamicProperties("OllamaModel", name, properties, opts), opts);
  }
}
