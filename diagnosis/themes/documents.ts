import type { Symptom } from "../symptom";

/** Retrieval: the index of documents, its embedding model, and RAG pipelines on the server. */
export const DOCUMENTS: readonly Symptom[] = [
  {
    id: "rag-pipeline",
    shows: "A search with a retrieval_augmented_generation pipeline answers nothing, or runs into a time limit",
    // What 3.6.0 says about an answer in another form: the first text with llm_response_field, the second without.
    signs: [
      {
        says: /Unknown error or response\.|Map\.get\(Object\)\\?" because \\?"error\\?" is null|llm_model cannot be null/,
      },
    ],
    cause:
      "The pipeline reads choices[0].message.content unless llm_response_field says otherwise, which fits a connector to /v1/chat/completions only; there llm_model replaces the connector's model, so it must be a tag that Ollama has; and the pipeline waits 30 s unless the query says otherwise (OpenSearch #18402).",
    fix: 'With /api/generate give llm_response_field "response", otherwise use api: openai; name the Ollama tag as llm_model, which must be given; raise generative_qa_parameters.timeout.',
  },
  {
    id: "rag-index-missing",
    shows: "The index of documents is not there",
    signs: [{ says: /no such index/ }],
    cause: "The index was deleted, or it was never made on this cluster.",
    fix: "Run pulumi up --refresh, then fill it: ollama-chat rag ingest DIR.",
  },
  {
    id: "rag-index-empty",
    shows: "The index of documents holds none",
    cause: "Nothing was put into it yet.",
    fix: "Fill it: ollama-chat rag ingest DIR.",
  },
  {
    id: "too-many-words",
    shows: "all shards failed: failed to create query: maxClauseCount is set to 1024",
    signs: [{ says: /maxClauseCount is set to/ }],
    cause: "The query looks for more words at once than the cluster allows (indices.query.bool.max_clause_count).",
    fix: "Ask by fewer words, or take --retrieval dense, which compares meanings only.",
  },
  {
    id: "embedding-reply",
    shows: "Fail to execute PREDICT in aws connector, or an answer without a vector",
    signs: [{ says: /Fail to execute PREDICT in aws connector/ }],
    cause: "The connector's post-process function does not fit what the model server sends.",
    fix: "Use ollamaEmbedding() for /api/embed, which pairs the functions that fit.",
  },
];
