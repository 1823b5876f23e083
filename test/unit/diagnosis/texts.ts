const CREATED = "POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception:";
const SETTINGS = "PUT /_cluster/settings answered 400 illegal_argument_exception:";
const PREDICTED = "POST /_plugins/_ml/models/x/_predict answered 500";
const PULL = "POST /api/pull answered 200: pull model manifest:";
const MANIFEST = `${PULL} Get "https://registry.ollama.ai/v2/library/m/manifests/1":`;

/** Texts that no server of the tests says, as they stand where the row's `source` points. */
export const SOURCED: readonly (readonly [row: string, text: string])[] = [
  ["user-password-weak", "PUT /_plugins/_security/api/internalusers/u answered 400: Password is too short"],
  ["user-password-weak", "PUT /_plugins/_security/api/internalusers/u answered 400: Password is too long"],
  [
    "user-password-weak",
    "PUT /_plugins/_security/api/internalusers/u answered 400: Password does not match validation regex",
  ],
  [
    "private-endpoint-not-trusted",
    `${CREATED} Connector URL is not matching the trusted connector private endpoint regex`,
  ],
  ["trusted-regex-unsafe", `${SETTINGS} Regex pattern too long (max 256 chars): ^http`],
  [
    "trusted-regex-unsafe",
    `${SETTINGS} Regex pattern contains nested quantifiers or backreferences that may cause ReDoS: (a+)+`,
  ],
  ["trusted-regex-broken", `${SETTINGS} Invalid regex pattern: [bad`],
  [
    "ollama-streams",
    `${PREDICTED} m_l_exception: com.google.gson.stream.MalformedJsonException: Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON at line 2 column 2 path $`,
  ],
  [
    "model-runner",
    `${PREDICTED} status_exception: Error from remote service: {"error":"llama runner process no longer running: -1 "}`,
  ],
  [
    "model-server-unknown",
    `${PREDICTED} illegal_argument_exception: ollama: nodename nor servname provided, or not known`,
  ],
  ...[
    "The request signature we calculated does not match the signature you provided.",
    "The security token included in the request is expired",
    "Signature expired: 20261122T100000Z is now earlier than 20261122T101000Z",
    "Signature not yet current: 20261122T100000Z is still later than 20261122T095000Z",
    "Credential should be scoped to a valid region, not 'us-east-1'.",
    "Missing Authentication Token",
    "User: anonymous is not authorized to perform: es:ESHttpGet with an explicit deny",
    "User: arn:aws:iam::1:user/u is not authorized to perform: aoss:APIAccessAll",
  ].map((words): [string, string] => ["aws-signature", `GET / answered 403: ${words}`]),
  ["password-wrong", "GET / answered 401: Authentication finally failed"],
  ["tls-not-trusted", "GET /: no answer from https://h:9200: unable to get local issuer certificate"],
  ["unreachable", "GET /: no answer from http://h:9200: getaddrinfo EAI_AGAIN h"],
  ["unreachable", "GET /: no answer from http://h:9200: connect EHOSTUNREACH 10.0.0.1:9200"],
  ["unreachable", "GET /: no answer from http://h:9200: connect ENETUNREACH 10.0.0.1:9200"],
  ["ollama-registry-insecure", "POST /api/pull answered 200: insecure protocol http"],
  ["ollama-offline", `${MANIFEST} dial tcp 104.21.75.227:443: connect: network is unreachable`],
  ["ollama-offline", `${MANIFEST} dial tcp 104.21.75.227:443: connect: no route to host`],
  ["ollama-offline", `${MANIFEST} dial tcp 104.21.75.227:443: i/o timeout`],
  ["ollama-offline", `${MANIFEST} dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: server misbehaving`],
  ["ollama-network-flaky", "POST /api/pull answered 200: max retries exceeded: unexpected EOF"],
  ["ollama-network-flaky", `${MANIFEST} net/http: TLS handshake timeout`],
  ["ollama-runner", "POST /api/generate answered 500: llama runner process no longer running: -1 "],
  ["ollama-runner", "POST /api/generate answered 500: unable to load model: /root/.ollama/models/blobs/sha256-b179"],
  ["ollama-unreachable", "GET /api/version: no answer from http://h:11434: getaddrinfo EAI_AGAIN h"],
  ["ollama-unreachable", "GET /api/version: no answer from http://h:11434: connect EHOSTUNREACH 10.0.0.1:11434"],
  ["ollama-unreachable", "GET /api/version: no answer from http://h:11434: connect ENETUNREACH 10.0.0.1:11434"],
];
