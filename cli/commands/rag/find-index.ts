import { openSearch } from "../../../clients/opensearch/connect";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import { isIndexName } from "../../../providers/search-index/name";
import { describePassageIndex, type PassageIndex } from "../../../rag/passage-index";
import type { Access } from "../../access/access";
import { CommandFailure, ExitCode } from "../../failure";

export interface FoundIndex {
  readonly server: OpenSearchServer;
  readonly index: PassageIndex;
}

/**
 * Finds the document index that the stack created or the flags name.
 *
 * @throws CommandFailure if no OpenSearch or no index is known.
 */
export async function findIndex(access: Access): Promise<FoundIndex> {
  const { opensearch, ragIndex, embeddingModel, source } = access;
  if (opensearch === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "No OpenSearch is known that could hold documents.",
      cause: `The servers come from ${source}, and no OpenSearch is among them.`,
      fix: "Give --opensearch URL, or name a stack with --stack.",
    });
  }
  if (ragIndex === undefined) {
    throw new CommandFailure(ExitCode.noAccess, {
      what: "No index of documents is known.",
      cause: `The servers come from ${source}, which has no output ragIndex: it is a chat stack without documents.`,
      fix: "Switch rag on in the stack and run pulumi up, or give --rag-index NAME --embedding-model-id ID.",
    });
  }
  if (!isIndexName(ragIndex)) {
    throw new CommandFailure(ExitCode.usage, {
      what: `--rag-index is ${JSON.stringify(ragIndex)}: it is not the name of an index.`,
      cause: "A pattern or a list names several indices, and index names have no capitals or blanks.",
      fix: "Give the name of one index, or of an alias of one.",
    });
  }
  const server = openSearch(opensearch);
  return { server, index: await describePassageIndex(server, ragIndex, embeddingModel) };
}

/**
 * The deployed embedding model that documents are ingested with.
 *
 * @throws CommandFailure if none is known.
 */
export function embeddingModelOf({ embeddingModelId, source }: Access, index: PassageIndex): string {
  if (embeddingModelId !== undefined) return embeddingModelId;
  throw new CommandFailure(ExitCode.noAccess, {
    what: "No embedding model is known, and documents are kept with their vectors.",
    cause: `The servers come from ${source}, which has no output embeddingModelId.`,
    fix: `Give --embedding-model-id ID: the deployed model of ${index.embeddingModel}; ollama-chat models lists them.`,
  });
}
