import type { Connection } from "../../clients/opensearch/connect";
import type { StackSelection } from "./pulumi";

/** Everything a command needs to reach what a stack made. Members are absent where no source names them. */
export interface Access {
  /** Where it comes from, for messages: `stack dev`, `flags and environment`. */
  readonly source: string;
  /** The Pulumi stack that it comes from, if it comes from one. */
  readonly stack?: StackSelection;
  readonly opensearch?: Connection;
  /** The same cluster as a user who may only ask the models, where the stack made one. */
  readonly asker?: Connection;
  readonly ollamaEndpoint?: string;
  readonly chatModel?: string;
  /** What the stack calls its deployed models, where it says so. */
  readonly aliases?: readonly string[];
  /** `generate`, `chat` or `openai`. */
  readonly api: string;
  readonly modelGroupId?: string;
  readonly connectorId?: string;
  readonly modelId?: string;
  /** Name of the index of documents, where the stack has one. */
  readonly ragIndex?: string;
  readonly embeddingModel?: string;
  readonly embeddingModelId?: string;
}
