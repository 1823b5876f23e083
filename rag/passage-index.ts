import { z } from "zod";
import { indicesBehind } from "../clients/opensearch/indices";
import type { OpenSearchServer } from "../clients/opensearch/server";
import { ExplainedError } from "../diagnosis/explained-error";
import { type PassageMeta, VECTOR_FIELD } from "../providers/search-index/passages";

/** An index of passages, read from the server. */
export interface PassageIndex extends PassageMeta {
  readonly name: string;
  /** Whether the cluster can search the vectors: the field is a `knn_vector`. */
  readonly searchesVectors: boolean;
  /** Whether it has a field for the folder that a document was ingested from. */
  readonly knowsRoots: boolean;
}

const metaSchema = z.object({ embeddingModel: z.string().min(1), dimension: z.int().positive() });
const mappingSchema = z.looseObject({
  _meta: z.looseObject({ ollamachat: metaSchema }),
  properties: z.looseObject({ [VECTOR_FIELD]: z.looseObject({ type: z.string() }) }),
});

/**
 * Reads an index of passages from the server.
 *
 * @param given name of the index, or of an alias for this index only
 * @param embeddingModel the model in use, if known; an index for another model is refused
 * @throws ExplainedError if there is no such index, or it is not for passages.
 */
export async function describePassageIndex(
  server: OpenSearchServer,
  given: string,
  embeddingModel?: string,
): Promise<PassageIndex> {
  const [first, ...more] = await indicesBehind(server, given);
  if (first === undefined) {
    throw new ExplainedError({
      what: `There is no index ${given} on ${server.endpoint}.`,
      cause: "The stack has not created it yet, it was deleted, or it has another name.",
      fix: "Run pulumi up with rag switched on (pulumi up --refresh where the index was deleted by hand), or name the index with --rag-index.",
    });
  }
  const [name, found] = first;
  if (more.length > 0) throw ofSeveral(given, [name, ...more.map(([other]) => other)].sort());
  if (found.filteredAliases.includes(given)) throw filtered(given, name);
  const parsed = mappingSchema.safeParse(found.mappings);
  if (!parsed.success) throw notOurs(name);
  const { embeddingModel: indexed, dimension } = parsed.data._meta.ollamachat;
  if (embeddingModel !== undefined && tagged(embeddingModel) !== tagged(indexed)) {
    throw otherModel(name, indexed, embeddingModel);
  }
  const field = z.object({ type: z.string() }).parse(parsed.data.properties[VECTOR_FIELD]);
  const knowsRoots = "root" in parsed.data.properties;
  return { name, embeddingModel: indexed, dimension, searchesVectors: field.type === "knn_vector", knowsRoots };
}

/** To Ollama, a name without a tag means `latest`. */
function tagged(model: string): string {
  return model.includes(":") ? model : `${model}:latest`;
}

function ofSeveral(alias: string, names: readonly string[]): ExplainedError {
  return new ExplainedError({
    what: `${alias} is an alias of ${names.length} indices: ${names.join(", ")}.`,
    cause: "Passages are written to one index, and vectors of one embedding model are compared.",
    fix: "Name one of them with --rag-index, or let the alias stand for one.",
  });
}

function filtered(alias: string, name: string): ExplainedError {
  return new ExplainedError({
    what: `The alias ${alias} shows a part of the index ${name} only: it has a filter.`,
    cause: "Documents are searched and mirrored in an index as a whole.",
    fix: `Give the index itself, --rag-index ${name}, or an alias without a filter.`,
  });
}

function notOurs(name: string): ExplainedError {
  return new ExplainedError({
    what: `The index ${name} is not an index of passages: its mapping does not say in _meta.ollamachat which embedding model it is for.`,
    cause: "It was made by something else.",
    fix: "Let the stack make an index (rag), or name another one with --rag-index.",
  });
}

function otherModel(name: string, indexed: string, used: string): ExplainedError {
  return new ExplainedError({
    what: `The index ${name} holds vectors of ${indexed}; the embedding model in use is ${used}.`,
    cause: "Vectors of two models cannot be compared, even where they are of the same length.",
    fix: `Go back to ${indexed}, or make a new index for ${used} and ingest again.`,
  });
}
