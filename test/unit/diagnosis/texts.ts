/** Texts of ML Commons, OpenSearch and Docker as they were seen or read, and the row each one is known as. */
export const SERVER_TEXTS: readonly (readonly [id: string, text: string])[] = [
  ["endpoint-not-trusted", "Connector URL is not matching the trusted connector endpoint regex"],
  ["trusted-regex-broken", "pattern_syntax_exception: Unclosed character class near index 3"],
  ["private-address", "Remote inference host name has private ip address: 127.0.0.1"],
  ["group-name-taken", "The name you provided is already being used by a model group with ID: x."],
  [
    "group-name-taken",
    "The name you provided is already being used by another model with ID: x. Please provide a different name",
  ],
  ["connector-in-use", "1 models are still using this connector, please delete or update the models first: [x]"],
  ["group-in-use", "Cannot delete the model group when it has associated model versions"],
  [
    "model-still-deployed",
    "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete",
  ],
  ["placeholder-not-filled", "Some parameter placeholder not filled in payload: prompt"],
  ["invalid-payload", 'Invalid payload: { "messages": ${parameters.messages} }'],
  ["model-not-pulled", `Error from remote service: {"error":"model 'nope' not found"}`],
  ["model-not-pulled", 'Error from remote service: {"error":"model \\"nope\\" not found, try pulling it first"}'],
  ["read-timeout", "Error communicating with remote model: Read timed out"],
  ["model-server-refuses", "Error communicating with remote model: Connection refused: /127.0.0.1:9"],
  ["model-missing", "Failed to find model to update with the provided model id: x"],
  ["model-missing", "Failed to find model with the provided model id: x"],
  ["model-missing", "Failed to find model"],
  ["model-missing", "Fail to find model"],
  ["model-missing", "Failed to get data object from index .plugins-ml-model"],
  ["connector-missing", "Failed to find connector:nope"],
  ["group-missing", "Model Group Response is empty for nope"],
  ["auto-deploy-off", "Model not ready yet. Please deploy the model first."],
  [
    "master-key",
    "The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.",
  ],
  [
    "remote-inference-off",
    "Remote Inference is currently disabled. To enable it, update the setting plugins.ml_commons.remote_inference_enabled to true",
  ],
  [
    "access-control-off",
    "You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster.",
  ],
  ["setting-unknown", "persistent setting [plugins.ml_commons.nope], not recognized"],
  ["throttled", "Request is throttled at model level."],
  ["private-endpoint-not-trusted", "Connector URL is not matching the trusted connector private endpoint regex"],
  ["trusted-regex-unsafe", "Regex pattern too long (max 256 chars): ^http"],
  ["trusted-regex-unsafe", "Regex pattern contains nested quantifiers or backreferences that may cause ReDoS: (a+)+"],
  ["credential-missing", "Connector credential is null or empty list"],
  ["connector-edit-refused", "1 models are still using this connector, please undeploy the models first: [x]"],
  ["model-disabled", "Model is disabled."],
  ["circuit-breaker", "Disk Circuit Breaker is open, please check your resources!"],
  ["no-eligible-node", "No eligible node found to execute this request."],
  [
    "connection-pool",
    "Error communicating with remote model: Acquire operation took longer than the configured maximum time.",
  ],
  ["ml-plugin-missing", "no handler found for uri [/_plugins/_ml/models/x] and method [GET]"],
  ["rag-pipeline", "Unknown error or response."],
  ["rag-pipeline", 'Cannot invoke "java.util.Map.get(Object)" because "error" is null'],
  ["rag-pipeline", "llm_model cannot be null."],
  ["rag-index-missing", "index_not_found_exception: no such index [docs]"],
  ["port-taken", "Bind for 127.0.0.1:9200 failed: port is already allocated"],
  ["port-taken", "error: ollamaPort is 11434: something else on this machine listens on 127.0.0.1:11434 already."],
];

/** Texts of an Ollama server, which stand after the request in a failure. */
export const OLLAMA_TEXTS: readonly (readonly [id: string, text: string])[] = [
  ["ollama-network-flaky", "POST /api/pull answered 200: unexpected EOF"],
  ["ollama-name-invalid", "POST /api/pull answered 400: invalid model name"],
  ["ollama-template", "POST /api/create answered 400: template: :1: bad character U+007D"],
  ["ollama-template", "POST /api/create answered 400: invalid template"],
  ["ollama-stalled", "Waited 300 s for POST /api/pull to go on; last seen: pulling manifest"],
  ["ollama-slow", "Waited 1800 s for POST /api/pull to end; last seen: pulling b179, 1 of 2"],
  [
    "ollama-unreachable",
    "GET /api/version: no answer from http://localhost:11434: connect ECONNREFUSED 127.0.0.1:11434",
  ],
  ["ollama-model-missing", "POST /api/generate answered 404: model 'nope' not found"],
  ["ollama-model-missing", 'POST /api/embed answered 404: model "nope" not found, try pulling it first'],
  ["ollama-not-ollama", "GET /api/tags answered in a form that is not understood: expected an object"],
];

export const TEXTS = [...SERVER_TEXTS, ...OLLAMA_TEXTS];
