/** One row of the troubleshooting table: how a failure shows, why it happens, what to do. */
export interface Symptom {
  /** Stable name, for tests and for `doctor`. */
  readonly id: string;
  /** Recognises the server's or the system's own text. */
  readonly match: RegExp;
  readonly cause: string;
  readonly fix: string;
}

/**
 * Known failures, most particular first. Texts of ML Commons were recorded from 3.4.0; the issue numbers are those of
 * opensearch-project/ml-commons where a row has one.
 */
export const SYMPTOMS: readonly Symptom[] = [
  {
    id: "endpoint-not-trusted",
    match: /not matching the trusted connector endpoint regex/,
    cause:
      "The connector's URL matches none of the cluster's plugins.ml_commons.trusted_connector_endpoints_regex; an entry must match the whole URL, as a Java regex (#1555).",
    fix: "Add the URL with trustedEndpointRegex(url) in a ClusterSetting of mode contribute, and let the Connector depend on it.",
  },
  {
    id: "trusted-regex-broken",
    match: /pattern_syntax_exception/,
    cause:
      "The cluster accepted an entry of plugins.ml_commons.trusted_connector_endpoints_regex that is no valid regex.",
    fix: "Correct that entry: until then the cluster refuses every new connector.",
  },
  {
    id: "private-address",
    match: /has private ip address/,
    cause:
      "plugins.ml_commons.connector.private_ip_enabled was false when the model was deployed; the flag is frozen into a model at that moment (#2142).",
    fix: "Set it to true in a ClusterSetting and pass the setting's revision to the model's settingsRevision, which redeploys it.",
  },
  {
    id: "group-name-taken",
    match: /name you provided is already being used by (?:a model group|another model) with ID/,
    cause: "Model group names are unique in a cluster, and somebody else's group has this one.",
    fix: "Choose another name, or set adoptExisting: true to take that group over.",
  },
  {
    id: "connector-in-use",
    match: /models are still using this connector/,
    cause: "Models on the cluster still name this connector.",
    fix: "Delete those models or move them to another connector, then run again.",
  },
  {
    id: "group-in-use",
    match: /when it has associated model versions/,
    cause: "Models that this stack does not manage are registered in the group.",
    fix: "Delete or move them, or set retainOnDelete in the group's resource options, then run again.",
  },
  {
    id: "model-still-deployed",
    match: /Model cannot be deleted in deploying or deployed state/,
    cause: "A predict in between has deployed the model again by itself (plugins.ml_commons.model_auto_deploy.enable).",
    fix: "Stop the callers, then run again.",
  },
  {
    id: "placeholder-not-filled",
    match: /parameter placeholder not filled in payload/,
    cause: "The connector's request_body has a ${parameters.…} that neither the connector nor the call fills.",
    fix: "Name it in the call's parameters, or give it a value in the connector's parameters.",
  },
  {
    id: "invalid-payload",
    match: /Invalid payload/,
    cause:
      "After filling in the parameters the request body is no JSON: a text without quotes, or a prompt that is itself JSON (#2909).",
    fix: "Put text placeholders in quotes and leave array placeholders without; neutralise user text with promptText().",
  },
  {
    id: "ollama-streams",
    match: /MalformedJsonException|multiple json|NDJSON/i,
    cause: "The model server streams its answer, and ML Commons reads only one JSON document (#2996).",
    fix: 'Put "stream": false into the connector\'s request_body.',
  },
  {
    id: "model-not-pulled",
    match: /model ['"\\]+[^'"\\]+['"\\]+ not found/,
    cause: "Ollama does not have this model under this name and tag.",
    fix: "Add an OllamaModel for it (or run: ollama pull NAME:TAG), and let the DeployedModel depend on it.",
  },
  {
    id: "out-of-memory",
    match: /requires more system memory/,
    cause: "The model needs more memory than the machine has free.",
    fix: "Choose a smaller model or quantisation, or give Ollama's container more memory.",
  },
  {
    id: "ollama-busy",
    match: /server busy.*maximum pending requests/,
    cause: "Ollama's queue is full (OLLAMA_MAX_QUEUE).",
    fix: "Ask less at once, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.",
  },
  {
    id: "read-timeout",
    match: /Read timed out/i,
    cause:
      "The model took longer to answer than the connector's read timeout; from ML Commons 3.6 the default is 30 s.",
    fix: "Raise clientConfig.readTimeoutSeconds, ask for fewer tokens, or use a smaller model or a GPU.",
  },
  {
    id: "model-server-refuses",
    match: /Error communicating with remote model: .*Connection refused/,
    cause:
      "OpenSearch reached no model server at the connector's address. Inside a container localhost is the container itself, and Ollama listens on 127.0.0.1 only unless OLLAMA_HOST says otherwise.",
    fix: "Start Ollama with OLLAMA_HOST=0.0.0.0 and use an address that the OpenSearch container can reach, such as http://host.docker.internal:11434.",
  },
  {
    id: "model-server-unknown",
    match: /UnknownHost|Name or service not known|nodename nor servname/i,
    cause: "The host in the connector's URL has no address where OpenSearch runs.",
    fix: "Put both containers on one network, or use a name that OpenSearch's machine can resolve.",
  },
  {
    id: "group-missing",
    match: /Model Group Response is empty|Failed to find model group/,
    cause: "The model group is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "model-missing",
    match: /Failed to find model (?:with|to update with) the provided model id/,
    cause: "The model is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "connector-missing",
    match: /Failed to find connector/,
    cause: "The connector is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "auto-deploy-off",
    match: /Model not ready yet|Auto deployment disabled/,
    cause: "The model is not loaded, and loading on the first predict is switched off.",
    fix: "Run pulumi up --refresh: a model that is not deployed gets deployed again.",
  },
  {
    id: "master-key",
    match: /master key has not been initialized/,
    cause: "The cluster is new and still makes the key with which it encrypts credentials.",
    fix: "Run again in ten seconds; if it stays, look whether the index .plugins-ml-config is healthy.",
  },
  {
    id: "remote-inference-off",
    match: /remote_inference_enabled/,
    cause: "Remote inference is switched off on this cluster.",
    fix: "Set plugins.ml_commons.remote_inference.enabled to true; the key in the server's text does not exist.",
  },
  {
    id: "access-control-off",
    match: /cannot specify (?:model|connector) access control parameters/i,
    cause: "Access fields are refused while access control is off on the cluster (#1064).",
    fix: "Leave accessMode, backendRoles and addAllBackendRoles out, or enable plugins.ml_commons.model_access_control_enabled and connector_access_control_enabled.",
  },
  {
    id: "setting-unknown",
    match: /setting \[[^\]]*\],? not recognized/,
    cause: "This version of OpenSearch, or of its plugins, has no such setting.",
    fix: "Check the key's spelling and the server's version.",
  },
  {
    id: "settings-archived",
    match: /archived\./,
    cause:
      "Settings of an older version were archived by an upgrade, and they block every change of settings (OpenSearch #18515).",
    fix: 'Remove them once: PUT _cluster/settings {"persistent":{"archived.*":null}}.',
  },
  {
    id: "throttled",
    match: /throttled at model level/,
    cause: "The model's rate limiter refuses more requests.",
    fix: "Wait, or raise the model's rateLimiter.",
  },
  {
    id: "password-wrong",
    match: /answered 401\b/,
    cause:
      "The cluster does not accept this user and password. Delete and refresh use the connection kept in the state, which may be older than the program's. OpenSearch itself takes OPENSEARCH_INITIAL_ADMIN_PASSWORD only at the first boot of an empty volume.",
    fix: "If it was changed in the program or its configuration, put the old one back. If it was changed outside of Pulumi, run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the one that works>, which wins over all others; if that variable is set now, it is the one refused.",
  },
  {
    id: "user-may-not",
    match: /answered 403\b/,
    cause: "The user lacks the permission that the server names.",
    fix: "Give the user the role ml_full_access, and a role with cluster:admin/settings/update for ClusterSetting.",
  },
  {
    id: "disk-full",
    match: /disk usage exceeded flood-stage|read-only-allow-delete/,
    cause: "The cluster's disk is nearly full, so its indices are read-only.",
    fix: "Free disk space on the machine that holds OpenSearch's data.",
  },
  {
    id: "tls-not-trusted",
    match:
      /self-signed certificate|unable to verify the first certificate|unable to get local issuer|certificate has expired|altnames/i,
    cause: "The server's certificate is not signed by an authority that is trusted here, or it is for another name.",
    fix: "Give the authority's PEM as connection.caCertificate, and use a host name that the certificate holds.",
  },
  {
    id: "tls-mismatch",
    match:
      /wrong version number|packet length too long|socket hang up|Parse Error|ECONNRESET|before secure TLS connection/,
    cause:
      "One side speaks TLS and the other does not, or the server closed the connection: it still starts, or stops.",
    fix: "Wait a minute and run again. If it stays, check http:// against https:// in the endpoint, and the server's log.",
  },
  {
    id: "unreachable",
    match: /no answer from .*(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|within the time limit)/,
    cause: "Nothing answers at the endpoint: the server is down, still starting, or elsewhere.",
    fix: "Check the endpoint, and that the server runs (docker ps --all, curl ENDPOINT). A container that was stopped: docker start NAME. One that was removed: pulumi refresh --target '**::*-opensearch', then pulumi up.",
  },
  {
    id: "deadline",
    match: /^.*Waited [\d.]+ s for/s,
    cause: "It did not happen in time; the last state that was seen is above.",
    fix: "If the server is only slow, raise the resource's timeouts.",
  },
];
