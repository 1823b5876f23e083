import type { Symptom } from "./symptom";

/**
 * Known failures of an Ollama server, most specific first. Tests make a real 0.17.4 say them; where none can, the row
 * states the source.
 */
export const OLLAMA_SYMPTOMS: readonly Symptom[] = [
  {
    id: "ollama-redirected",
    shows: "GET /api/version answered 301: redirects to https://...",
    signs: [{ kinds: ["redirected"] }],
    cause:
      "What answers at the endpoint is a proxy that sends clients elsewhere: from http:// to https://, to another name or path, or to a page for signing in. Requests do not follow.",
    fix: "Give the address it names as the endpoint, if that is Ollama's own: curl ENDPOINT/api/version has to answer with a version. Where it is a page for signing in, take an address that needs none.",
  },
  {
    id: "ollama-proxy-alone",
    shows: "POST /api/chat answered 502 or 504, or 503 with a page or no healthy upstream",
    signs: [
      { kinds: ["page"], statuses: [500, 501, 503] },
      { statuses: [502, 504] },
      { statuses: [503], says: /no healthy upstream|upstream connect error|no available server|Service Unavailable/i },
    ],
    cause:
      "A proxy before Ollama answers, and Ollama behind it does not: it is down, still starting, or slower than the proxy waits.",
    fix: "See that Ollama runs where the proxy looks for it, and raise the proxy's time limit for answers (nginx: proxy_read_timeout).",
  },
  {
    id: "ollama-request-too-large",
    shows: "POST /api/chat answered 413",
    signs: [{ statuses: [413] }],
    cause: "A proxy before Ollama takes no request of this size; Ollama itself has no such limit.",
    fix: "Raise the proxy's limit (nginx: client_max_body_size), send less, or give an address behind it as the endpoint.",
  },
  {
    id: "ollama-not-ollama",
    shows: "GET /api/version answered in a form that is not understood, or 4xx; no handler found for uri [/api/chat]",
    signs: [
      { kinds: ["misread", "page"], request: /^GET \/api\/(?:version|tags)$/ },
      { statuses: [400, 401, 403, 404, 405, 407], request: /^GET \/api\/(?:version|tags)$/ },
      { kinds: ["page"], statuses: [200] },
      { statuses: [404], says: /\{"detail":"Not Found"\}|default backend/ },
      { says: /no handler found for uri|Expected HTTP|Parse Error|wrong version number/ },
    ],
    cause:
      "What answers at the endpoint is not Ollama, or a proxy that wants a sign-in, or the endpoint mixes up http:// and https://.",
    fix: "Check endpoint: curl ENDPOINT/api/version has to answer with a version.",
  },
  {
    id: "ollama-proxy-refuses",
    shows: "POST /api/generate answered 401, 403 or 407",
    signs: [{ statuses: [401, 403, 407] }],
    cause:
      "A proxy before Ollama wants a user, a key or a sign-in, or lets only some paths pass: Ollama itself asks nobody who he is, unless the model runs in its cloud. OpenSearch's password has nothing to do with it.",
    fix: "Let the proxy pass requests of this machine, and of OpenSearch's, or give an address behind it as the endpoint. For a model of the cloud: ollama signin, where Ollama runs.",
  },
  {
    id: "ollama-model-unknown",
    shows: "pull model manifest: file does not exist",
    signs: [{ says: /pull model manifest: file does not exist/ }],
    cause: "The registry has no model of this name with this tag.",
    fix: "Check name and tag (the part after the colon) in the model library; private registries need the full name, host/namespace/name:tag.",
  },
  {
    id: "ollama-quantisation-unknown",
    shows: "The specified tag is not a valid quantization scheme",
    signs: [{ says: /not a valid quantization scheme/ }],
    cause: "The repository on hf.co has no file of the quantisation that stands behind the colon.",
    fix: "Take one that the repository's page lists, such as hf.co/NAMESPACE/NAME:Q4_K_M, or leave it out.",
  },
  {
    id: "ollama-quantisation-refused",
    shows: "quantization is only supported for F16 and F32 models, or: unsupported quantization type",
    signs: [{ says: /quantization is only supported for|unsupported quantization type/ }],
    cause:
      "Ollama itself makes a smaller model only of one with whole weights (F16 or F32), and only in the sizes that it names.",
    fix: "Take one of the named sizes and a base model whose tag ends in fp16, or pull one of that size: its tag names it, such as llama3.2:3b-instruct-q4_K_M.",
  },
  {
    id: "ollama-registry-insecure",
    shows: "http: server gave HTTP response to HTTPS client",
    signs: [{ says: /server gave HTTP response to HTTPS client|insecure protocol http/ }],
    source: "insecure protocol http: ollama 0.17.4, server/images.go:45",
    cause: "The registry speaks plain HTTP, and Ollama asks by HTTPS unless it is told otherwise.",
    fix: "Set insecure: true, for a registry on this machine or a network you trust.",
  },
  {
    id: "ollama-registry-certificate",
    shows: "x509: certificate signed by unknown authority",
    signs: [{ says: /failed to verify certificate|x509:/ }],
    cause: "The Ollama server does not trust the registry's certificate, or something in between changes the traffic.",
    fix: "Install the authority's certificate where Ollama runs (SSL_CERT_FILE in its container).",
  },
  {
    id: "ollama-registry-redirect",
    shows: "http: no Location header in response",
    signs: [{ says: /no Location header in response/ }],
    cause:
      "Ollama downloads a model's files only from a registry that redirects to another host; this one serves them itself.",
    fix: "Use a registry with a storage back end that redirects (S3, or a redirect middleware).",
  },
  {
    id: "ollama-registry-refuses",
    shows: "unauthorized: access denied, or: pull model manifest: 403",
    signs: [{ says: /unauthorized|realm host "[^"]*" does not match|pull model manifest: 403/ }],
    cause: "The registry does not let this Ollama server read the model; it may also hide names that do not exist.",
    fix: "Check the name; for a private model add the server's public key (id_ed25519.pub in its .ollama folder) to your account.",
  },
  {
    id: "ollama-too-old",
    shows: "requires a newer version of Ollama",
    signs: [{ says: /requires a newer version of Ollama/ }],
    cause: "The model needs a later Ollama than this server is.",
    fix: "Use a later image of Ollama, or a model that this one can run.",
  },
  {
    id: "ollama-rate-limit",
    shows: "pull model manifest: 429, or: too many requests",
    signs: [{ says: /too many requests|pull model manifest: 429/ }],
    cause: "The registry limits how often it may be asked.",
    fix: "Run again in some minutes.",
  },
  {
    id: "ollama-registry-down",
    shows: "dial tcp 127.0.0.1:5001: connect: connection refused",
    signs: [{ says: /dial tcp \S+: connect: connection refused/ }],
    cause: "Nothing listens at the registry's address as seen from the Ollama server.",
    fix: "Start the registry, and give an address that Ollama can reach: inside its container localhost is the container itself.",
  },
  {
    id: "ollama-offline",
    shows: "pull model manifest: ... network is unreachable, no such host, i/o timeout",
    signs: [
      {
        says: /pull model manifest: .*(?:network is unreachable|no such host|i\/o timeout|server misbehaving|no route to host)/,
      },
    ],
    source: "Go's net and syscall: network is unreachable, no route to host, i/o timeout, server misbehaving",
    cause: "The Ollama server, which does the download, cannot reach the registry from where it runs.",
    fix: "Give its machine or container network access (or HTTPS_PROXY), name a registry within reach as source, or put the model there beforehand: one that is present is not pulled.",
  },
  {
    id: "ollama-disk-full",
    shows: "no space left on device",
    signs: [{ says: /no space left on device/ }],
    cause: "The disk that holds Ollama's models is full.",
    fix: "Free space where the models lie, or choose a smaller model or quantisation.",
  },
  {
    id: "ollama-download-broken",
    shows: "digest mismatch, file must be downloaded again",
    signs: [{ says: /digest mismatch/ }],
    cause: "What the registry sent is not what its manifest promises; repeating did not help, so its copy is damaged.",
    fix: "Push the model to that registry again, or pull from another one.",
  },
  {
    id: "ollama-file-missing",
    shows: "file does not exist, in the middle of a pull",
    signs: [{ says: /: file does not exist/ }],
    cause: "The registry's manifest names a file that the registry, or its storage, does not have.",
    fix: "Push the model to that registry again, or pull from another one.",
  },
  {
    id: "ollama-runner",
    shows: "runner process has terminated, or: unable to load model",
    signs: [
      {
        says: /runner process (?:has terminated|no longer running)|error was encountered while running the model|unable to load model/,
      },
    ],
    source: "ollama 0.17.4: no longer running, llm/server.go:1264; unable to load model, llama/llama.go:310",
    cause:
      "Ollama could not keep the model running: mostly too little memory, or a CPU or GPU that this build cannot use.",
    fix: "Look into Ollama's log; try a smaller model, or more memory for its container.",
  },
  {
    id: "ollama-network-flaky",
    shows: "unexpected EOF, connection reset, TLS handshake timeout",
    signs: [
      { kinds: ["ended-early"] },
      { says: /max retries exceeded|unexpected EOF|connection reset|handshake timeout|: aborted$|: EOF$/ },
    ],
    source: "max retries exceeded: ollama 0.17.4, server/download.go:34; TLS handshake timeout: Go's net/http",
    cause:
      "The connection broke off, and going on did not help: the network fails, or Ollama was stopped or ran out of memory.",
    fix: "Look into Ollama's log and run again: what has arrived is kept.",
  },
  {
    id: "ollama-name-invalid",
    shows: "invalid model name",
    signs: [{ says: /invalid model name/ }],
    cause: "The server does not take this for a model's name.",
    fix: "Write name:tag, namespace/name:tag or host/namespace/name:tag.",
  },
  {
    id: "ollama-template",
    shows: "template error: template: ... unexpected ...",
    signs: [{ says: /template: / }],
    cause: "The template is not valid: Ollama's templates are Go templates.",
    fix: "Correct template; `ollama show --template MODEL` prints a working one.",
  },
  {
    id: "ollama-parameter-type",
    shows: 'option "num_predict" must be of type integer',
    signs: [{ says: /option "[^"]*" must be of type/ }],
    cause: "A member of parameters has a type that Ollama does not take for it.",
    fix: "Give the type that the server names.",
  },
  {
    id: "ollama-model-damaged",
    shows: 'tensor "token_embd.weight" offset+size (...) exceeds file size (...)',
    signs: [{ says: /exceeds file size/ }],
    cause: "The model's file on Ollama's disk is cut off: copied or written only in part.",
    fix: "Remove the model and pull it again: ollama rm NAME:TAG, then pulumi up --refresh or ollama-chat doctor --fix.",
  },
  {
    id: "ollama-memory",
    shows: "model requires more system memory than is available",
    signs: [{ says: /requires more system memory/ }],
    cause: "The model needs more memory than the machine has free.",
    fix: "Choose a smaller model or quantisation, lower num_ctx in parameters, or give Ollama's container more memory.",
  },
  {
    id: "ollama-model-missing",
    shows: "model 'smollm2:135m' not found (as Ollama says it)",
    signs: [{ says: /model ['"][^'"]+['"] not found/ }],
    cause: "Ollama does not have this model under this name and tag.",
    fix: "Pull it: add an OllamaModel for it, run ollama-chat doctor --fix, or ollama pull NAME:TAG.",
  },
  {
    id: "ollama-server-busy",
    shows: "server busy, please try again. maximum pending requests exceeded (as Ollama says it)",
    signs: [{ says: /server busy.*maximum pending requests/ }],
    cause: "Ollama's queue is full (OLLAMA_MAX_QUEUE).",
    fix: "Ask less at once, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.",
  },
  {
    id: "ollama-stalled",
    shows: "Waited 300 s for POST /api/pull to go on",
    signs: [{ kinds: ["stalled"] }],
    cause: "The download stands still: the registry or the network between it and Ollama hangs.",
    fix: "Check the network where Ollama runs and run again: what has arrived is kept.",
  },
  {
    id: "ollama-slow",
    shows: "Waited 1800 s for POST /api/pull to end",
    signs: [{ kinds: ["deadline"], request: /^POST \/api\/(?:pull|create)$/ }],
    cause: "The download takes longer than the resource's deadline.",
    fix: "Raise timeouts.createSeconds (or updateSeconds) and run again: what has arrived is kept.",
  },
  {
    id: "ollama-unreachable",
    shows: "connect ECONNREFUSED 127.0.0.1:11434",
    signs: [
      { kinds: ["timeout", "deadline"] },
      { kinds: ["never-arrived", "broken-off"], says: /ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|socket hang up/ },
    ],
    source: "Node.js: EAI_AGAIN of getaddrinfo, EHOSTUNREACH and ENETUNREACH of connect",
    cause:
      "No Ollama answers at the endpoint: it is down, still starting, or elsewhere. Ollama listens on 127.0.0.1 only unless OLLAMA_HOST says otherwise.",
    fix: "Check endpoint, and that the server runs (docker ps, curl ENDPOINT/api/version). Where only a proxy leads there: NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY.",
  },
];
