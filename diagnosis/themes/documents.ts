import type { Symptom } from "../symptom";

/** Retrieval: the index of documents, its embedding model, and RAG pipelines on the server. */
export const DOCUMENTS: readonly Symptom[] = [
  {
    id: "rag-pipeline",
    shows: "A search with a retrieval_augmented_generation pipeline returns no answer, or times out",
    // What 3.6.0 says about an answer in another form: the first text with llm_response_field, the second without.
    signs: [
      {
        says: /Unknown error or response\.|Map\.get\(Object\)\\?" because \\?"error\\?" is null|llm_model cannot be null/,
      },
    ],
    cause:
      "By default the pipeline reads choices[0].message.content, which only works with a connector to /v1/chat/completions; llm_response_field changes that. With that API llm_model replaces the connector's model, so Ollama must have it. By default the pipeline waits 30 s (OpenSearch #18402).",
    fix: 'With /api/generate, set llm_response_field to "response"; otherwise use api: openai. Always set llm_model, to a model that Ollama has. Raise generative_qa_parameters.timeout.',
  },
  {
    id: "rag-index-missing",
    shows: "The index of documents does not exist",
    signs: [{ says: /no such index/ }],
    cause: "The index was deleted, or never created on this cluster.",
    fix: "Run pulumi up --refresh, then fill it: ollama-chat rag ingest DIR.",
  },
  {
    id: "rag-index-empty",
    shows: "The index of documents is empty",
    cause: "No documents have been ingested yet.",
    fix: "Fill it: ollama-chat rag ingest DIR.",
  },
  {
    id: "too-many-words",
    shows: "all shards failed: failed to create query: maxClauseCount is set to 1024",
    signs: [{ says: /maxClauseCount is set to/ }],
    cause: "The query contains more words than the cluster allows (indices.query.bool.max_clause_count).",
    fix: "Ask with fewer words, or use --retrieval dense, which only compares vectors.",
  },
  {
    id: "embedding-reply",
    shows: "Fail to execute PREDICT in aws connector, or an answer without a vector",
    signs: [{ says: /Fail to execute PREDICT in aws connector/ }],
    cause: "The connector's post-process function does not match the model server's answer.",
    fix: "Use ollamaEmbedding() for /api/embed, which sets matching functions.",
  },
];
