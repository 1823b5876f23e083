import type { Symptom } from "../symptom";

/** Asking the model: the request, the model server, the answer and its timing. */
export const ANSWERS: readonly Symptom[] = [
  {
    id: "placeholder-not-filled",
    shows: "Some parameter placeholder not filled in payload",
    signs: [{ says: /parameter placeholder not filled in payload/ }],
    cause: "The connector's request_body contains a ${parameters.…} that neither the connector nor the call sets.",
    fix: "Set it in the call's parameters, or give it a default in the connector's parameters.",
  },
  {
    id: "invalid-payload",
    shows: "Invalid payload, or: Infinite loop in property interpolation",
    signs: [{ says: /Invalid payload|Infinite loop in property interpolation/ }],
    cause:
      "With the parameters filled in, the request body is not valid JSON: a string has no quotes, or a prompt is itself JSON (#2909) or contains a ${parameters.…}.",
    fix: "Put quotes around string placeholders, but not around array placeholders, and escape user text with promptText().",
  },
  {
    id: "redirectable-host",
    shows: "The host in the connector's URL is a ${parameters.…}",
    cause: "Callers can override parameters, and so send the request, with the credential, to a server of their own.",
    fix: "Write the host literally in the action's url, as the presets do.",
  },
  {
    id: "ollama-streams",
    shows:
      "The answer is a list of JSON documents, each with a few letters of it; or: Unrecognized token 'data', MalformedJsonException",
    signs: [{ kinds: ["streamed"] }, { says: /Invalid JSON format: Unrecognized token 'data'|MalformedJsonException/ }],
    source: "MalformedJsonException, com.google.gson.stream, in the answers of ml-commons up to 3.4.0.0",
    cause:
      "The model server streams its answer, but ML Commons reads only one JSON document (#2996). From 3.5 on it returns the raw stream of /api/generate and /api/chat as one string, in dataAsMap.response, as if that were the answer.",
    fix: 'Put "stream": false into the connector\'s request_body.',
  },
  {
    id: "not-a-model-api",
    shows:
      "Invalid JSON format, Unsupported response type, Remote service returned empty response body, or: 404 page not found",
    signs: [
      {
        says: /Invalid JSON format|Unsupported response type|returned empty response body|remote service: 404 page not found/,
      },
    ],
    cause:
      "The server at the connector's URL is not a model API: the path is wrong, or another server or a proxy's sign-in page answers there.",
    fix: "Correct the url of the connector's action: it ends in /api/generate, /api/chat, /api/embed or /v1/chat/completions. Test it with curl from where OpenSearch runs.",
  },
  {
    id: "url-without-scheme",
    shows: "Encountered error when trying to create uri from endpoint in ml connector",
    signs: [{ says: /trying to create uri from endpoint in ml connector/ }],
    cause: "The connector's URL is not valid. Usually http:// is missing, as in localhost:11434/api/generate.",
    fix: "Use a full URL as the action's url, such as http://ollama:11434/api/generate.",
  },
  {
    id: "model-server-redirects",
    shows: "301, 302, 303 or 307: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [301, 302, 303, 307] }],
    cause:
      "A proxy at the connector's URL redirects requests, usually from http:// to https:// or to a sign-in page. ML Commons does not follow redirects, and never answers after a 308.",
    fix: "If the redirect leads to the model server, use the Location that curl -i URL shows as the connector's url, and add it to the cluster's trusted endpoints.",
  },
  {
    id: "model-not-pulled",
    shows: "model 'smollm2:135m' not found",
    signs: [{ says: /model ['"\\]+[^'"\\]+['"\\]+ not found/ }],
    cause: "Ollama does not have this model under this name and tag.",
    fix: "Add an OllamaModel for it (or run ollama pull NAME:TAG), and let the DeployedModel depend on it.",
  },
  {
    id: "out-of-memory",
    shows: "model requires more system memory than is available (as OpenSearch passes it on)",
    signs: [{ says: /requires more system memory/ }],
    cause: "The model needs more memory than the machine has free.",
    fix: "Choose a smaller model or quantisation, or give Ollama's container more memory.",
  },
  {
    id: "model-runner",
    shows: "llama runner process has terminated (as OpenSearch passes it on)",
    signs: [
      { says: /runner process (?:has terminated|no longer running)|error was encountered while running the model/ },
    ],
    source: "no longer running: ollama 0.17.4, llm/server.go:1264",
    cause:
      "Ollama could not keep the model running. Usually there is too little memory, or the CPU or GPU is not supported by this build.",
    fix: "Check Ollama's log, and try a smaller model or more memory for its container.",
  },
  {
    id: "ollama-busy",
    shows: "server busy, please try again. maximum pending requests exceeded",
    signs: [{ says: /server busy.*maximum pending requests/ }],
    cause: "Ollama's queue is full (OLLAMA_MAX_QUEUE).",
    fix: "Send fewer requests at once, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.",
  },
  {
    id: "throttled",
    shows: "429: Request is throttled at model level.",
    signs: [{ says: /throttled at model level/ }],
    cause: "The model's rate limiter rejected the request.",
    fix: "Wait, or raise the model's rateLimiter.",
  },
  {
    id: "connection-pool",
    shows: "Acquire operation took longer than the configured maximum time",
    signs: [{ says: /Acquire operation took longer/ }],
    cause:
      "All of the connector's connections are busy. Up to max_connection (default 30) requests run at once; another one waits at most 10 s for a free connection.",
    fix: "Raise clientConfig.maxConnection, or send fewer requests at once. A slow model keeps its connections busy for longer.",
  },
  {
    id: "model-server-throttles",
    shows: "429: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [429] }],
    cause: "The model server, or a gateway in front of it, limits the rate of requests.",
    fix: "Send fewer requests, or raise the limit there. With clientConfig.maxRetryTimes the connector retries by itself.",
  },
  {
    id: "model-server-key",
    shows: "401 or 403: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [401, 403] }],
    cause:
      "The model server, or a gateway in front of it, does not accept the connector's key. Ollama itself needs none.",
    fix: "Correct the connector's credential and the header that uses it.",
  },
  {
    id: "read-timeout",
    shows: "Read timed out, often at exactly 30 s",
    signs: [{ says: /Read timed out/i }],
    cause: "The model took longer than the connector's read timeout. From ML Commons 3.6 on the default is 30 s.",
    fix: "Raise clientConfig.readTimeoutSeconds, ask for fewer tokens, or use a smaller model or a GPU.",
  },
  {
    id: "model-too-slow",
    shows: "POST /_plugins/_ml/models/.../_predict: no answer within the time limit",
    signs: [{ kinds: ["timeout"], request: /\/_predict$/ }],
    cause:
      "OpenSearch waited for the model, which did not answer in time: it is slow on this machine, still loading, or busy with other requests.",
    fix: "Try again when the model is loaded and the machine is less busy, send less at once (rag ingest: --batch-size 4), or use a smaller model or a GPU.",
  },
  {
    id: "localhost-in-container",
    shows: "Connection refused: localhost/127.0.0.1:11434, though Ollama answers on this machine",
    cause:
      "In the connector's URL, localhost is the machine that OpenSearch runs on; in a container, it is the container itself.",
    fix: "Use an address that OpenSearch's container can reach: Ollama's service name on a shared network, or, for an Ollama on the host, http://host.docker.internal:11434 with OLLAMA_HOST=0.0.0.0.",
  },
  {
    id: "ollama-listens-locally",
    shows: "Ollama answers on localhost, but refuses OpenSearch at the same machine's other addresses",
    cause: "By default Ollama listens on 127.0.0.1 only (OLLAMA_HOST), but a container connects to another address.",
    fix: "Start Ollama with OLLAMA_HOST=0.0.0.0 (for a service: systemctl edit ollama), and block the port for outsiders, because Ollama has no password.",
  },
  {
    id: "model-server-refuses",
    shows: "Error communicating with remote model: Connection refused",
    signs: [{ says: /Error communicating with remote model: .*Connection refused/ }],
    cause:
      "OpenSearch found no model server at the connector's address. Inside a container localhost is the container itself, and by default Ollama listens on 127.0.0.1 only (OLLAMA_HOST).",
    fix: "Start Ollama with OLLAMA_HOST=0.0.0.0 and use an address that the OpenSearch container can reach, such as http://host.docker.internal:11434.",
  },
  {
    id: "model-server-hangs-up",
    shows: "Error communicating with remote model: The connection was closed during the request",
    signs: [{ says: /Error communicating with remote model: The connection was closed/ }],
    cause:
      "The model server, or a proxy in front of it, stopped while answering: it was restarted, or killed because it ran out of memory.",
    fix: "Check its log (docker logs NAME; docker ps shows how long it has been running), and ask again.",
  },
  {
    id: "model-server-unknown",
    shows: "ollama: Name or service not known",
    signs: [{ says: /Name or service not known|nodename nor servname/ }],
    source: "nodename nor servname provided: getaddrinfo of macOS",
    cause: "The host in the connector's URL cannot be resolved where OpenSearch runs.",
    fix: "Put both containers on one network, or use a host name that OpenSearch's machine can resolve.",
  },
  {
    id: "reply-elsewhere",
    shows: "The predict succeeds, but the text is not where the guide says (dataAsString)",
    cause:
      "ML Commons puts a remote model's JSON into inference_results[0].output[0].dataAsMap. Where the text is in it depends on the API: response (/api/generate), message.content (/api/chat), choices[0].message.content (/v1/chat/completions). Post-process functions and response_filter move it.",
    fix: "Read it with answerText(), use no post-process functions or response_filter in a chat connector, and make sure that its URL is one of these three.",
  },
  {
    id: "context-exceeded",
    shows: "The input length exceeds the context length",
    signs: [{ says: /exceeds the context length/ }],
    cause:
      "The request is longer than the model's context: num_ctx, else OLLAMA_CONTEXT_LENGTH, else 4096 tokens, and at most the model's maximum (ollama-chat models shows it).",
    fix: "Send less (rag ask: --top 1), or set a larger num_ctx in modelOptions.",
  },
  {
    id: "cold-load",
    shows: "The first answer takes long, later ones do not",
    cause: "Ollama loads a model at the first question, and unloads it after 5 minutes without use (keep_alive).",
    fix: "Set keepAlive, for example 30m, or -1 to keep the model loaded for ever. OllamaModel can warm it up.",
  },
  {
    id: "slow-answers",
    shows: "Few tokens a second",
    cause: "The processor is too weak or too busy for this model. Without a GPU, larger models are slower.",
    fix: "Choose a smaller model (7b is slower than 135m) or quantisation, use a GPU, or give it more processors. If other work shares the cores, num_thread: 1 in modelOptions is often faster.",
  },
];
