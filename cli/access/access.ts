import type { Connection } from "../../clients/opensearch/connect";
import type { StackSelection } from "./pulumi";

/** Servers and objects that a command needs. Absent members are unknown. */
export interface Access {
  /** Where they come from, for messages: `stack dev`, `flags and environment`. */
  readonly source: string;
  /** The Pulumi stack that they come from, if any. */
  readonly stack?: StackSelection;
  readonly opensearch?: Connection;
  /** The same cluster, with the stack's user who may only ask the models, if there is one. */
  readonly asker?: Connection;
  readonly ollamaEndpoint?: string;
  /** For the gateway in front of Ollama; their values are secret. */
  readonly ollamaHeaders?: Readonly<Record<string, string>>;
  readonly chatModel?: string;
  /** The stack's aliases of its deployed models, if it exports them. */
  readonly aliases?: readonly string[];
  /** `generate`, `chat` or `openai`. */
  readonly api: string;
  readonly modelGroupId?: string;
  readonly connectorId?: string;
  readonly modelId?: string;
  /** Name of the document index, if the stack has one. */
  readonly ragIndex?: string;
  readonly embeddingModel?: string;
  readonly embeddingModelId?: string;
}
