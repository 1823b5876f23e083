import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import type { Timeouts } from "../shared/timeouts";

/** Inputs of an `OllamaModel`. */
export interface OllamaModelArgs {
  /** Base URL of the Ollama server as seen from where Pulumi runs, for example `http://localhost:11434`. */
  endpoint: pulumi.Input<string>;
  /**
   * Name with tag, for example `smollm2:135m`. Without a tag `latest` is meant. Another name replaces the resource:
   * the new model is there before the old one goes.
   */
  model: pulumi.Input<string>;
  /**
   * Make the model on the server out of this one, instead of pulling it. The base is pulled if it is missing, and
   * then goes together with the resource. Name another model than `model` itself.
   */
  from?: pulumi.Input<string>;
  /** System prompt of a model made with `from`. Default: the base's. */
  system?: pulumi.Input<string>;
  /**
   * Parameters of a model made with `from`, added to the base's, for example
   * `{ temperature: 0, num_ctx: 4096, stop: ["<end>"] }`.
   */
  parameters?: pulumi.Input<Record<string, unknown>>;
  /** Prompt template (a Go template) of a model made with `from`. Default: the base's. */
  template?: pulumi.Input<string>;
  /**
   * Pull by this full name, then rename to `model`: for a registry of one's own, such as
   * `registry.example:5000/library/smollm2:135m`.
   */
  source?: pulumi.Input<string>;
  /**
   * The registry speaks plain HTTP, or has a certificate that Ollama does not trust.
   * @default false
   */
  insecure?: pulumi.Input<boolean>;
  /**
   * The build that is wanted: the digest that `ollama list` shows, 12 hex digits or more. With it a moved tag is
   * noticed and pulled again; without it another digest only shows in the output.
   */
  expectedDigest?: pulumi.Input<string>;
  /**
   * Load the model into memory after pulling it, so that the first question does not wait for that.
   * @default false
   */
  warmUp?: pulumi.Input<boolean>;
  /**
   * How long the warmed-up model stays in memory unused: `30s`, `5m`, `24h`, or `-1` for ever. Only with `warmUp`.
   * Default: the server's own, 5 minutes unless its OLLAMA_KEEP_ALIVE says otherwise.
   */
  keepAlive?: pulumi.Input<string>;
  /**
   * Options with which the warm-up loads the model, such as `{ num_ctx: 4096 }`. A question with another `num_ctx`,
   * `num_batch`, `num_gpu`, `main_gpu`, `num_thread` or `use_mmap` makes Ollama load it anew, so give what callers
   * send. Only with `warmUp`. Default: the model's own.
   */
  loadOptions?: pulumi.Input<Record<string, unknown>>;
  /**
   * Leave the model on the server when the resource is deleted. `false` removes it, if this resource pulled or made it:
   * only where nobody else uses that server, since Ollama cannot tell who does.
   * @default true
   */
  retainOnDelete?: pulumi.Input<boolean>;
  /** Deadlines in seconds. Default here: create and update 1800, since gigabytes may move; delete 120. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * A model on an Ollama server: pulled from a registry, or made there out of another one.
 *
 * A model that is on the server already is used as it is and never removed. One that this resource brought stays, too,
 * since other stacks may use it by then; `retainOnDelete: false` lets it go with the resource.
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
  /** Base URL of the server that has it. */
  declare readonly endpoint: pulumi.Output<string>;
  /** Name with tag. */
  declare readonly model: pulumi.Output<string>;
  /** SHA-256 of the model's manifest on this server, 64 hex digits. */
  declare readonly digest: pulumi.Output<string>;
  /** Size on the disk, in bytes; layers that models share count for each. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** When the name was last written on the server, RFC 3339. */
  declare readonly modifiedAt: pulumi.Output<string>;
  /** True if this resource pulled or made the model, and so may delete it. */
  declare readonly pulled: pulumi.Output<boolean>;

  constructor(name: string, args: OllamaModelArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { digest: undefined, sizeBytes: undefined, modifiedAt: undefined, pulled: undefined };
    super(typeToken("OllamaModel"), name, dynamicProperties("OllamaModel", name, { ...outputs, ...args }, opts), opts);
  }
}
