import type { Symptom } from "../symptom";

/** Asking the model: the request, the model server, the answer and its timing. */
export const ANSWERS: readonly Symptom[] = [
  {
    id: "placeholder-not-filled",
    shows: "Some parameter placeholder not filled in payload",
    signs: [{ says: /parameter placeholder not filled in payload/ }],
    cause: "The connector's request_body has a ${parameters.…} that neither the connector nor the call fills.",
    fix: "Name it in the call's parameters, or give it a value in the connector's parameters.",
  },
  {
    id: "invalid-payload",
    shows: "Invalid payload, or: Infinite loop in property interpolation",
    signs: [{ says: /Invalid payload|Infinite loop in property interpolation/ }],
    cause:
      "After filling in the parameters the request body is no JSON: a text without quotes, or a prompt that is itself JSON (#2909) or holds a ${parameters.…} of its own.",
    fix: "Put text placeholders in quotes and leave array placeholders without; neutralise user text with promptText().",
  },
  {
    id: "redirectable-host",
    shows: "The host in the connector's URL is a ${parameters.…}",
    cause: "Callers may override parameters, and so send what they ask, and the credential, to a server of their own.",
    fix: "Write the host into the action's url, as the presets do.",
  },
  {
    id: "ollama-streams",
    shows:
      "The answer is a list of JSON documents, each with a few letters of it; or: Unrecognized token 'data', MalformedJsonException",
    signs: [{ kinds: ["streamed"] }, { says: /Invalid JSON format: Unrecognized token 'data'|MalformedJsonException/ }],
    source: "MalformedJsonException, com.google.gson.stream, in the answers of ml-commons up to 3.4.0.0",
    cause:
      "The model server streams its answer, and ML Commons reads only one JSON document (#2996). From 3.5 on it hands the stream of /api/generate and /api/chat on as one text, in dataAsMap.response, as if that were the answer.",
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
      "What answers at the connector's URL is no model's API: the path is none of Ollama's, or another server or a proxy's sign-in page stands there.",
    fix: "Correct the url of the connector's action: it ends in /api/generate, /api/chat, /api/embed or /v1/chat/completions. Ask it with curl from where OpenSearch runs.",
  },
  {
    id: "url-without-scheme",
    shows: "Encountered error when trying to create uri from endpoint in ml connector",
    signs: [{ says: /trying to create uri from endpoint in ml connector/ }],
    cause: "The connector's URL is none: mostly http:// is missing before it, as in localhost:11434/api/generate.",
    fix: "Write it in full into the action's url, such as http://ollama:11434/api/generate.",
  },
  {
    id: "model-server-redirects",
    shows: "301, 302, 303 or 307: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [301, 302, 303, 307] }],
    cause:
      "What answers at the connector's URL is a proxy that sends clients elsewhere, mostly from http:// to https:// or to a page for signing in, and ML Commons does not follow. To a 308 it never answers at all.",
    fix: "Write the address that curl -i URL names as Location into the connector's url, if it is the model server's own, and let the cluster trust it.",
  },
  {
    id: "model-not-pulled",
    shows: "model 'smollm2:135m' not found",
    signs: [{ says: /model ['"\\]+[^'"\\]+['"\\]+ not found/ }],
    cause: "Ollama does not have this model under this name and tag.",
    fix: "Add an OllamaModel for it (or run: ollama pull NAME:TAG), and let the DeployedModel depend on it.",
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
      "Ollama could not keep the model running: mostly too little memory, or a CPU or GPU that this build cannot use.",
    fix: "Look into Ollama's log; try a smaller model, or more memory for its container.",
  },
  {
    id: "ollama-busy",
    shows: "server busy, please try again. maximum pending requests exceeded",
    signs: [{ says: /server busy.*maximum pending requests/ }],
    cause: "Ollama's queue is full (OLLAMA_MAX_QUEUE).",
    fix: "Ask less at once, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.",
  },
  {
    id: "throttled",
    shows: "429: Request is throttled at model level.",
    signs: [{ says: /throttled at model level/ }],
    cause: "The model's rate limiter refuses more requests.",
    fix: "Wait, or raise the model's rateLimiter.",
  },
  {
    id: "connection-pool",
    shows: "Acquire operation took longer than the configured maximum time",
    signs: [{ says: /Acquire operation took longer/ }],
    cause:
      "All of the connector's connections are busy: max_connection (30 unless set) questions at once, and a further one waits 10 s for a free one at most.",
    fix: "Raise clientConfig.maxConnection, or ask less at once: a slow model frees no connection sooner.",
  },
  {
    id: "model-server-throttles",
    shows: "429: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [429] }],
    cause: "The model server itself, or a gateway before it, limits how often it may be asked.",
    fix: "Ask less often, or raise the limit there; clientConfig.maxRetryTimes lets the connector try again by itself.",
  },
  {
    id: "model-server-key",
    shows: "401 or 403: Error from remote service",
    signs: [{ kinds: ["remote"], statuses: [401, 403] }],
    cause:
      "The model server, or a gateway before it, does not accept the connector's key. Ollama itself asks for none.",
    fix: "Correct the connector's credential and the header that uses it.",
  },
  {
    id: "read-timeout",
    shows: "Read timed out, often at exactly 30 s",
    signs: [{ says: /Read timed out/i }],
    cause:
      "The model took longer to answer than the connector's read timeout; from ML Commons 3.6 the default is 30 s.",
    fix: "Raise clientConfig.readTimeoutSeconds, ask for fewer tokens, or use a smaller model or a GPU.",
  },
  {
    id: "model-too-slow",
    shows: "POST /_plugins/_ml/models/.../_predict: no answer within the time limit",
    signs: [{ kinds: ["timeout"], request: /\/_predict$/ }],
    cause:
      "OpenSearch waits for the model, which did not answer in time: it is slow on this machine, still being loaded, or busy with other questions.",
    fix: "Ask again when the model is loaded and the machine has less to do; send less at once (rag ingest: --batch-size 4), or use a smaller model or a GPU.",
  },
  {
    id: "localhost-in-container",
    shows: "Connection refused: localhost/127.0.0.1:11434, though Ollama answers on this machine",
    cause:
      "In the connector's URL localhost is the machine that OpenSearch runs on: in a container, the container itself.",
    fix: "Use an address that OpenSearch's container can reach: Ollama's service name on a shared network, or http://host.docker.internal:11434 with OLLAMA_HOST=0.0.0.0 for an Ollama on the host.",
  },
  {
    id: "ollama-listens-locally",
    shows: "Ollama answers on localhost, and OpenSearch is refused at the same machine's other addresses",
    cause:
      "Ollama listens on 127.0.0.1 only, unless OLLAMA_HOST says otherwise; a container comes from another address.",
    fix: "Start Ollama with OLLAMA_HOST=0.0.0.0 (for a service: systemctl edit ollama), and keep the port closed to strangers: Ollama asks nobody for a password.",
  },
  {
    id: "model-server-refuses",
    shows: "Error communicating with remote model: Connection refused",
    signs: [{ says: /Error communicating with remote model: .*Connection refused/ }],
    cause:
      "OpenSearch reached no model server at the connector's address. Inside a container localhost is the container itself, and Ollama listens on 127.0.0.1 only unless OLLAMA_HOST says otherwise.",
    fix: "Start Ollama with OLLAMA_HOST=0.0.0.0 and use an address that the OpenSearch container can reach, such as http://host.docker.internal:11434.",
  },
  {
    id: "model-server-hangs-up",
    shows: "Error communicating with remote model: The connection was closed during the request",
    signs: [{ says: /Error communicating with remote model: The connection was closed/ }],
    cause:
      "The model server, or a proxy before it, ended while it was to answer: restarted, or killed for want of memory.",
    fix: "Look into its log (docker logs NAME; docker ps shows since when it runs), and ask again.",
  },
  {
    id: "model-server-unknown",
    shows: "ollama: Name or service not known",
    signs: [{ says: /Name or service not known|nodename nor servname/ }],
    source: "nodename nor servname provided: getaddrinfo of macOS",
    cause: "The host in the connector's URL has no address where OpenSearch runs.",
    fix: "Put both containers on one network, or use a name that OpenSearch's machine can resolve.",
  },
  {
    id: "reply-elsewhere",
    shows: "The predict succeeds, and the text is not where the guide says (dataAsString)",
    cause:
      "ML Commons puts a remote model's JSON into inference_results[0].output[0].dataAsMap; the text's place in it depends on the API: response (/api/generate), message.content (/api/chat), choices[0].message.content (/v1/chat/completions). Post-process functions and response_filter move it.",
    fix: "Read it with answerText(), leave post-process functions and response_filter out of a chat connector, and see that its URL is one of these three.",
  },
  {
    id: "context-exceeded",
    shows: "The input length exceeds the context length",
    signs: [{ says: /exceeds the context length/ }],
    cause:
      "What was sent is longer than the model's context holds: num_ctx, else OLLAMA_CONTEXT_LENGTH, else 4096 tokens; never more than the model was made for (ollama-chat models shows it).",
    fix: "Send less (rag ask: --top 1), or give the model a larger context: num_ctx in modelOptions.",
  },
  {
    id: "cold-load",
    shows: "The first answer takes long, the next ones do not",
    cause: "Ollama loads a model at the first question, and drops it after 5 minutes without one (keep_alive).",
    fix: "Set keepAlive, for example 30m, or -1 to keep it for ever; OllamaModel can warm it.",
  },
  {
    id: "slow-answers",
    shows: "Few tokens a second",
    cause: "The processor is too weak or too busy for this model; without a GPU its speed falls with the model's size.",
    fix: "Choose a smaller model (7b is slower than 135m) or quantisation, use a GPU, or leave it more processors. Where the cores are shared with other work, num_thread: 1 in modelOptions is often faster.",
  },
];
