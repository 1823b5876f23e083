import { updateModel } from "../../../clients/opensearch/models";
import { predict } from "../../../clients/opensearch/predict";
import { Deadline } from "../../../clients/wait";
import type { Reply } from "../doctor/ollama-double";
import type { DoctorWorld } from "../doctor/world";
import { question, serverOf, settings, soon } from "./acts";
import type { Provocation } from "./provocation";

const ASKED = "POST /_plugins/_ml/models/MODEL/_predict";

/** A model server that answers so, or another one in its place. */
function answered(row: string, how: string, reply: Reply | "hangs up", says: string): Provocation<DoctorWorld> {
  const run = async (world: DoctorWorld) => {
    world.ollama.toOpenSearch = reply;
    await question(world);
  };
  return { row, how, run, says: `${ASKED} answered ${says}` };
}

function refused(row: string, how: string, status: number, error: string): Provocation<DoctorWorld> {
  const says = `${status} status_exception: Error from remote service: ${JSON.stringify({ error })}`;
  return answered(row, how, { status, body: { error } }, says);
}

const NO_JSON = (why: string, column: number) =>
  `400 illegal_argument_exception: Invalid JSON format: ${why}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const KNOWN_JSON = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** A stream of `/v1/chat/completions`. */
const EVENTS: Reply = {
  status: 200,
  type: "text/event-stream",
  body: 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"re"}}]}\n\ndata: [DONE]\n\n',
};

/** The world's connector by hand, with something of it otherwise. */
async function moved(world: DoctorWorld, action: object, clientConfig: object = {}): Promise<void> {
  const { actions, client_config, ...body } = world.connectorBody;
  await world.moveTo({
    ...body,
    actions: [{ ...actions[0], ...action }],
    client_config: { ...client_config, ...clientConfig },
  });
}

const UNREACHED = "answered 500 status_exception: Error communicating with remote model:";

export const ANSWER_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "model-too-slow",
    how: "the model takes longer than is waited for",
    run: async (world) => {
      world.ollama.silentTo = /./;
      await predict(serverOf(world), world.modelId, { prompt: "Are you there?" }, Deadline.after(1_000)).finally(() => {
        world.ollama.silentTo = undefined;
      });
    },
    says: `${ASKED}: no answer from OPENSEARCH: no answer within the time limit`,
  },
  {
    row: "placeholder-not-filled",
    how: "a question without the parameter that the connector's body asks for",
    run: (world) => question(world, {}),
    says: `${ASKED} answered 400 illegal_argument_exception: Some parameter placeholder not filled in payload: inputs`,
  },
  {
    row: "invalid-payload",
    how: "a prompt that is itself JSON",
    run: (world) => question(world, { prompt: '{"a":1}' }),
    says: `${ASKED} answered 400 illegal_argument_exception: Invalid payload: { "model": "smollm2:135m", "prompt": "{"a":1}", "stream": false, "truncate": false, "options": {"num_predict":8} }`,
  },
  {
    row: "invalid-payload",
    how: "a prompt that holds its own placeholder",
    run: (world) => question(world, { prompt: "${parameters.prompt}" }),
    says: `${ASKED} answered 500 illegal_state_exception: Infinite loop in property interpolation of { "model": "\${parameters.model}", "prompt": "\${parameters.prompt}", "stream": false, "truncate": \${parameters.truncate:-false}, "options": \${parameters.options} }: prompt`,
  },
  {
    row: "ollama-streams",
    how: "Ollama streams, since the body does not say stream: false",
    run: async (world) => {
      await moved(world, { request_body: '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}" }' });
      await question(world);
    },
    says: `${ASKED} answered in a form that is not understood: the model server streams its answer, and this is the list of its parts`,
  },
  answered(
    "ollama-streams",
    "a stream of events, as /v1/chat/completions sends it",
    EVENTS,
    NO_JSON(`Unrecognized token 'data': was expecting ${KNOWN_JSON}`, 1),
  ),
  answered(
    "not-a-model-api",
    "a page to sign in on stands where the model server should",
    { status: 200, type: "text/html", body: "<html><body>Sign in</body></html>" },
    NO_JSON(`Unexpected character ('<' (code 60)): expected a valid value ${KNOWN_JSON}`, 1),
  ),
  answered(
    "not-a-model-api",
    "an answer that is cut off",
    { status: 200, body: '{"response": "rea' },
    NO_JSON("Unexpected end-of-input: was expecting closing quote for a string value", 18),
  ),
  answered(
    "not-a-model-api",
    "an answer of one JSON text",
    { status: 200, body: '"ready"' },
    "400 illegal_argument_exception: Unsupported response type",
  ),
  answered(
    "not-a-model-api",
    "an answer of nothing",
    { status: 200, body: "" },
    "502 status_exception: Remote service returned empty response body",
  ),
  {
    row: "not-a-model-api",
    how: "the URL's path is none of Ollama's",
    run: async (world) => {
      await moved(world, { url: `${world.ollama.endpoint}/api/generat` });
      await question(world);
    },
    says: `${ASKED} answered 404 status_exception: Error from remote service: 404 page not found`,
  },
  {
    row: "url-without-scheme",
    how: "the connector's URL lacks http://",
    run: async (world) => {
      await settings(world, { "plugins.ml_commons.trusted_connector_endpoints_regex": ["^.*$"] });
      await moved(world, { url: "localhost:11434/api/generate" });
      await question(world);
    },
    says: `${ASKED} answered 400 illegal_argument_exception: Encountered error when trying to create uri from endpoint in ml connector. Please update the endpoint in connection configuration: `,
  },
  answered(
    "model-server-redirects",
    "a proxy before the model server redirects",
    { status: 301, type: "text/html", body: "<html>Moved</html>" },
    "301 status_exception: Error from remote service: <html>Moved</html>",
  ),
  refused("model-not-pulled", "Ollama lacks the model", 404, "model 'nope' not found"),
  refused("model-not-pulled", "Ollama lacks the embedding model", 404, 'model "nope" not found, try pulling it first'),
  refused(
    "out-of-memory",
    "Ollama lacks the memory for the model",
    500,
    "model requires more system memory (9.1 GiB) than is available (2.0 GiB)",
  ),
  refused(
    "ollama-busy",
    "Ollama's queue is full",
    503,
    "server busy, please try again.  maximum pending requests exceeded",
  ),
  refused(
    "model-runner",
    "what loads the model was killed",
    500,
    "llama runner process has terminated: signal: killed",
  ),
  refused(
    "model-runner",
    "what runs the model was killed",
    500,
    "an error was encountered while running the model: unexpected EOF",
  ),
  refused("model-server-throttles", "a gateway limits requests", 429, "slow down"),
  refused("model-server-key", "a gateway wants a key", 401, "invalid key"),
  refused("model-server-key", "a gateway lets this key do something else only", 403, "not for this model"),
  {
    row: "throttled",
    how: "two questions to a model that answers one a day",
    run: async (world) => {
      await updateModel(serverOf(world), world.modelId, { rateLimiter: { limit: "1", unit: "DAYS" } }, soon());
      await world.askUntil(/throttled/);
      await question(world);
    },
    says: `${ASKED} answered 429 status_exception: Request is throttled at model level.`,
  },
  {
    row: "connection-pool",
    how: "two questions at once, through a connector with one connection",
    run: async (world) => {
      await moved(world, {}, { max_connection: 1 });
      world.ollama.silentTo = /first/;
      const first = question(world, { prompt: "first" }).catch(() => undefined);
      await world.ollama.asked("first");
      try {
        await question(world);
      } finally {
        world.ollama.letGo();
        await first;
      }
    },
    says: `${ASKED} ${UNREACHED} Acquire operation took longer than the configured maximum time. This indicates that a request cannot get a connection from the pool within the specified maximum time. This can be due to high request rate.\nConsider taking any of the following actions to mitigate the issue: increase max connections, increase acquire timeout, or slowing the request rate.\nIncreasing the max connections can increase client throughput (unless the network interface is already fully utilized), but can eventually start to hit operation system limitations on the number of file descriptors used by the process. If you already are fully utilizing your network interface or cannot further increase your connection count, increasing the acquire timeout gives extra time for requests to acquire a connection before timing out. If the connections doesn't free up, the subsequent requests will still timeout.\nIf the above mechanisms are not able to fix the issue, try smoothing out your requests so that large traffic bursts cannot overload the client, being more efficient with the number of times you need to call AWS, or by increasing the number of hosts sending requests.`,
  },
  {
    row: "read-timeout",
    how: "the model takes longer than the connector waits",
    run: async (world) => {
      await moved(world, {}, { read_timeout: 1 });
      world.ollama.silentTo = /./;
      await question(world);
    },
    says: `${ASKED} ${UNREACHED} Read timed out`,
  },
  {
    row: "model-server-refuses",
    how: "the connector calls a port that nobody listens on",
    run: async (world) => {
      await moved(world, { url: "http://127.0.0.1:9/api/generate" });
      await question(world);
    },
    says: `${ASKED} ${UNREACHED} Connection refused: /127.0.0.1:9`,
  },
  answered(
    "model-server-hangs-up",
    "the model server ends while it is to answer",
    "hangs up",
    "500 status_exception: Error communicating with remote model: The connection was closed during the request. The request will usually succeed on a retry, but if it does not: consider disabling any proxies you have configured, enabling debug logging, or performing a TCP dump to identify the root cause. If this is a streaming operation, validate that data is being read or written in a timely manner. Channel Information: CHANNEL",
  ),
  {
    row: "model-server-unknown",
    how: "the connector calls a name that only another network knows",
    run: async (world) => {
      await world.settings({ "plugins.ml_commons.trusted_connector_endpoints_regex": [".*"] });
      await moved(world, { url: "http://ollama.invalid:11434/api/generate" });
      await question(world);
    },
    says: `${ASKED} answered 400 illegal_argument_exception: ollama.invalid: Name or service not known`,
  },
];
