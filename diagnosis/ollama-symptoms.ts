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
      "A proxy at the endpoint redirects requests: from http:// to https://, to another host or path, or to a sign-in page. Redirects are not followed.",
    fix: "If the redirect leads to Ollama, use its target as the endpoint: curl ENDPOINT/api/version must answer with a version. If it leads to a sign-in page, use an address that needs no sign-in.",
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
      "A proxy in front of Ollama answers, but Ollama does not: it is down, still starting, or slower than the proxy's time limit.",
    fix: "Check that Ollama runs where the proxy expects it, and raise the proxy's time limit (nginx: proxy_read_timeout).",
  },
  {
    id: "ollama-request-too-large",
    shows: "POST /api/chat answered 413",
    signs: [{ statuses: [413] }],
    cause: "A proxy in front of Ollama rejects requests of this size. Ollama itself has no such limit.",
    fix: "Raise the proxy's limit (nginx: client_max_body_size), send less, or use an endpoint behind the proxy.",
  },
  {
    id: "ollama-proxy-refuses",
    shows: "GET /api/version or POST /api/generate answered 401, 403 or 407",
    signs: [{ statuses: [401, 403, 407] }],
    cause:
      "A proxy in front of Ollama requires a user, a token or a key, or does not accept the one given, or allows only some paths. Ollama itself requires authentication only for models in its cloud. OpenSearch's password is not involved.",
    fix: "Give what the proxy requires: auth of OllamaModel, of the presets and of ollama.existing; for ollama-chat the variables OLLAMA_CHAT_OLLAMA_TOKEN, or OLLAMA_CHAT_OLLAMA_USERNAME and OLLAMA_CHAT_OLLAMA_PASSWORD, or OLLAMA_CHAT_OLLAMA_HEADERS. If a stored token or password was changed, run pulumi up with the new one first. For a cloud model, run ollama signin where Ollama runs.",
  },
  {
    id: "ollama-not-ollama",
    shows: "GET /api/version answered in a form that is not understood, or 4xx; no handler found for uri [/api/chat]",
    signs: [
      { kinds: ["misread", "page"], request: /^GET \/api\/(?:version|tags)$/ },
      { statuses: [400, 404, 405], request: /^GET \/api\/(?:version|tags)$/ },
      { kinds: ["page"], statuses: [200] },
      { statuses: [404], says: /\{"detail":"Not Found"\}|default backend/ },
      { says: /no handler found for uri|Expected HTTP|Parse Error|wrong version number/ },
    ],
    cause:
      "The server at the endpoint is not Ollama, a proxy there requires a sign-in, or the endpoint confuses http:// and https://.",
    fix: "Check endpoint: curl ENDPOINT/api/version must answer with a version.",
  },
  {
    id: "ollama-model-unknown",
    shows: "pull model manifest: file does not exist",
    signs: [{ says: /pull model manifest: file does not exist/ }],
    cause: "The registry has no model of this name with this tag.",
    fix: "Check the name and the tag (the part after the colon) in the model library. Private registries need the full name, host/namespace/name:tag.",
  },
  {
    id: "ollama-quantisation-unknown",
    shows: "The specified tag is not a valid quantization scheme",
    signs: [{ says: /not a valid quantization scheme/ }],
    cause: "The repository on hf.co has no file with the quantisation after the colon.",
    fix: "Use one that the repository's page lists, such as hf.co/NAMESPACE/NAME:Q4_K_M, or leave it out.",
  },
  {
    id: "ollama-quantisation-refused",
    shows: "quantization is only supported for F16 and F32 models, or: unsupported quantization type",
    signs: [{ says: /quantization is only supported for|unsupported quantization type/ }],
    cause:
      "Ollama can only quantise models with full-precision weights (F16 or F32), and only to the types that it names.",
    fix: "Use one of the named types and a base model whose tag ends in fp16, or pull a model that is already quantised, such as llama3.2:3b-instruct-q4_K_M.",
  },
  {
    id: "ollama-registry-insecure",
    shows: "http: server gave HTTP response to HTTPS client",
    signs: [{ says: /server gave HTTP response to HTTPS client|insecure protocol http/ }],
    source: "insecure protocol http: ollama 0.17.4, server/images.go:45",
    cause: "The registry uses plain HTTP, but Ollama uses HTTPS by default.",
    fix: "Set insecure: true, for a registry on this machine or on a network you trust.",
  },
  {
    id: "ollama-registry-certificate",
    shows: "x509: certificate signed by unknown authority",
    signs: [{ says: /failed to verify certificate|x509:/ }],
    cause:
      "The Ollama server does not trust the registry's certificate, or something on the way intercepts the connection.",
    fix: "Install the CA certificate where Ollama runs (SSL_CERT_FILE in its container).",
  },
  {
    id: "ollama-registry-redirect",
    shows: "http: no Location header in response",
    signs: [{ says: /no Location header in response/ }],
    cause:
      "Ollama can only download model files from a registry that redirects to another host. This registry serves them itself.",
    fix: "Use a registry whose storage back end redirects (S3, or a redirect middleware).",
  },
  {
    id: "ollama-registry-refuses",
    shows: "unauthorized: access denied, or: pull model manifest: 403",
    signs: [{ says: /unauthorized|realm host "[^"]*" does not match|pull model manifest: 403/ }],
    cause:
      "The registry does not let this Ollama server read the model. It may give the same answer for names that do not exist.",
    fix: "Check the name. For a private model, add the server's public key (id_ed25519.pub in its .ollama folder) to your account.",
  },
  {
    id: "ollama-too-old",
    shows: "requires a newer version of Ollama",
    signs: [{ says: /requires a newer version of Ollama/ }],
    cause: "The model needs a newer Ollama than this one.",
    fix: "Use a newer Ollama image, or a model that this version can run.",
  },
  {
    id: "ollama-rate-limit",
    shows: "pull model manifest: 429, or: too many requests",
    signs: [{ says: /too many requests|pull model manifest: 429/ }],
    cause: "The registry limits the rate of requests.",
    fix: "Run again in a few minutes.",
  },
  {
    id: "ollama-registry-down",
    shows: "dial tcp 127.0.0.1:5001: connect: connection refused",
    signs: [{ says: /dial tcp \S+: connect: connection refused/ }],
    cause: "Nothing listens at the registry's address, as seen from the Ollama server.",
    fix: "Start the registry, and use an address that Ollama can reach. Inside a container localhost is the container itself.",
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
    cause: "The Ollama server downloads models itself, and cannot reach the registry from where it runs.",
    fix: "Give its machine or container network access (or HTTPS_PROXY), set source to a registry that it can reach, or copy the model there beforehand: an existing model is not pulled.",
  },
  {
    id: "ollama-disk-full",
    shows: "no space left on device",
    signs: [{ says: /no space left on device/ }],
    cause: "The disk with Ollama's models is full.",
    fix: "Free space on that disk, or choose a smaller model or quantisation.",
  },
  {
    id: "ollama-download-broken",
    shows: "digest mismatch, file must be downloaded again",
    signs: [{ says: /digest mismatch/ }],
    cause:
      "The downloaded data does not match the registry's manifest. Retries did not help, so the registry's copy is damaged.",
    fix: "Push the model to that registry again, or pull from another one.",
  },
  {
    id: "ollama-file-missing",
    shows: "file does not exist, in the middle of a pull",
    signs: [{ says: /: file does not exist/ }],
    cause: "The registry's manifest names a file that is missing in the registry or its storage.",
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
      "Ollama could not keep the model running. Usually there is too little memory, or the CPU or GPU is not supported by this build.",
    fix: "Check Ollama's log, and try a smaller model or more memory for its container.",
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
      "The connection broke, and retries did not help: the network fails, or Ollama was stopped or ran out of memory.",
    fix: "Check Ollama's log and run again. The download resumes where it stopped.",
  },
  {
    id: "ollama-name-invalid",
    shows: "invalid model name",
    signs: [{ says: /invalid model name/ }],
    cause: "This is not a valid model name.",
    fix: "Write name:tag, namespace/name:tag or host/namespace/name:tag.",
  },
  {
    id: "ollama-template",
    shows: "template error: template: ... unexpected ...",
    signs: [{ says: /template: / }],
    cause: "The template is not a valid Go template, which Ollama requires.",
    fix: "Correct template. `ollama show --template MODEL` prints a working one.",
  },
  {
    id: "ollama-parameter-type",
    shows: 'option "num_predict" must be of type integer',
    signs: [{ says: /option "[^"]*" must be of type/ }],
    cause: "A member of parameters has the wrong type.",
    fix: "Use the type that the server names.",
  },
  {
    id: "ollama-model-damaged",
    shows: 'tensor "token_embd.weight" offset+size (...) exceeds file size (...)',
    signs: [{ says: /exceeds file size/ }],
    cause: "The model's file on Ollama's disk is incomplete: it was only partly copied or written.",
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
    fix: "Send fewer requests at once, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE.",
  },
  {
    id: "ollama-stalled",
    shows: "Waited 300 s for POST /api/pull to go on",
    signs: [{ kinds: ["stalled"] }],
    cause: "The download makes no progress: the registry, or the network between it and Ollama, hangs.",
    fix: "Check the network where Ollama runs, and run again. The download resumes where it stopped.",
  },
  {
    id: "ollama-slow",
    shows: "Waited 1800 s for POST /api/pull to end",
    signs: [{ kinds: ["deadline"], request: /^POST \/api\/(?:pull|create)$/ }],
    cause: "The download takes longer than the resource's deadline.",
    fix: "Raise timeouts.createSeconds (or updateSeconds) and run again. The download resumes where it stopped.",
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
      "No Ollama answers at the endpoint: it is down, still starting, or elsewhere. By default Ollama listens on 127.0.0.1 only (OLLAMA_HOST).",
    fix: "Check endpoint, and that the server runs (docker ps, curl ENDPOINT/api/version). If it is only reachable through a proxy, set NODE_USE_ENV_PROXY=1 as well as HTTPS_PROXY.",
  },
];
