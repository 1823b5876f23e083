import { networkInterfaces } from "node:os";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

const ML = "/_plugins/_ml";

/** The predict action of the world's connector, with something of it otherwise. */
function withAction(
  world: DoctorWorld,
  change: object,
  parameters: object = {},
  clientConfig: object = {},
): Promise<void> {
  const { actions, ...body } = world.connectorBody;
  return world.moveTo({
    ...body,
    actions: [{ ...actions[0], ...change }],
    parameters: { ...body.parameters, ...parameters },
    client_config: { ...body.client_config, ...clientConfig },
  });
}

/** The server behind the chain answers so, while it answers doctor itself as ever. */
function throughTheChain(world: DoctorWorld, status: number, body: unknown): void {
  world.ollama.toOpenSearch = { status, body };
}

/** OpenSearch itself answers the question so: an older one, or one with other work. */
function refusedWith(world: DoctorWorld, status: number, type: string, reason: string): void {
  const path = `${ML}/models/${world.modelId}/_predict`;
  world.answerWith(path, status, { error: { type, reason }, status }, "POST");
}

/** An address of this machine at which a server that listens on 127.0.0.1 refuses. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

export const ANSWER_BREAKS: Breaks = {
  "placeholder-not-filled": {
    how: "the body asks for a parameter that nobody gives",
    break: (world) =>
      withAction(world, {
        request_body: '{ "prompt": "${parameters.prompt}", "mood": "${parameters.mood}", "stream": false }',
      }),
    check: "connector-body",
    seen: "requestBody uses ${parameters.mood}, which neither parameters nor predictParameters holds",
  },
  "invalid-payload": {
    how: "the prompt stands without quotes",
    break: (world) => withAction(world, { request_body: '{ "prompt": prompt ${parameters.prompt}, "stream": false }' }),
    check: "connector-body",
    seen: /^requestBody is not valid JSON once its placeholders are filled/,
  },
  "redirectable-host": {
    how: "the host is a parameter, as in the guide",
    break: (world) => {
      const endpoint = new URL(world.ollama.endpoint).host;
      return withAction(world, { url: "http://${parameters.endpoint}/api/generate" }, { endpoint });
    },
    check: "connector-body",
    status: "warn",
    seen: /^url takes its host from a parameter, .* write the host literally: http:\/\/127\.0\.0\.1:\d+\/api\/generate$/,
  },
  "ollama-streams": {
    how: "the body does not say stream: false",
    break: (world) =>
      withAction(world, { request_body: '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}" }' }),
    check: "connector-body",
    seen: 'requestBody must hold "stream": false, since ML Commons reads only one answer',
  },
  "not-a-model-api": {
    how: "a proxy's page stands where the connector's URL leads",
    break: (world) => throughTheChain(world, 200, "<html><body>Sign in</body></html>"),
    check: "predict",
    seen: /answered 400 illegal_argument_exception: Invalid JSON format: Unexpected character \('<'/,
  },
  "read-timeout": {
    how: "the model takes longer than the connector waits",
    break: async (world) => {
      await withAction(world, {}, {}, { read_timeout: 1 });
      world.ollama.silentTo = /Reply with one word/;
    },
    check: "predict",
    seen: /answered 500 status_exception: Error communicating with remote model: Read timed out$/,
  },
  "model-server-refuses": {
    how: "the connector calls a port that nobody listens on",
    break: (world) => withAction(world, { url: "http://127.0.0.1:9/api/generate" }),
    check: "predict",
    seen: /Error communicating with remote model: Connection refused: \/127\.0\.0\.1:9$/,
  },
  "model-server-hangs-up": {
    how: "the model server ends while it is to answer",
    break: (world) => {
      world.ollama.toOpenSearch = "hangs up";
    },
    check: "predict",
    seen: /Error communicating with remote model: The connection was closed during the request/,
  },
  "model-server-unknown": {
    how: "the connector calls a name that only another network knows",
    break: async (world) => {
      await world.settings({ "plugins.ml_commons.trusted_connector_endpoints_regex": [".*"] });
      await withAction(world, { url: "http://ollama.invalid:11434/api/generate" });
    },
    check: "predict",
    seen: /ollama\.invalid: Name or service not known/,
  },
  "ollama-listens-locally": {
    how: "the connector calls this machine's other address, and Ollama listens on 127.0.0.1 only",
    skip: ownAddress === undefined,
    break: async (world) => {
      await world.settings({ "plugins.ml_commons.trusted_connector_endpoints_regex": [".*"] });
      await withAction(world, { url: `${world.ollama.endpoint.replace("127.0.0.1", ownAddress ?? "")}/api/generate` });
    },
    check: "predict",
    seen: /Error communicating with remote model: Connection refused/,
  },
  "reply-elsewhere": {
    how: "the model server answers in a form of its own",
    break: (world) => throughTheChain(world, 200, { generated: "ready" }),
    check: "reply",
    seen: "no text where it is expected; the output holds dataAsMap with generated",
  },
  "out-of-memory": {
    how: "the model server behind the chain runs out of memory",
    break: (world) =>
      throughTheChain(world, 500, { error: "model requires more system memory (9.1 GiB) than is available (2.0 GiB)" }),
    check: "predict",
    seen: /Error from remote service: .*model requires more system memory \(9\.1 GiB\) than is available \(2\.0 GiB\)/,
  },
  "model-runner": {
    how: "the process that runs the model dies",
    break: (world) => throughTheChain(world, 500, { error: "llama runner process has terminated: signal: killed" }),
    check: "predict",
    seen: /Error from remote service: .*llama runner process has terminated: signal: killed/,
  },
  "ollama-busy": {
    how: "its queue is full",
    break: (world) =>
      throughTheChain(world, 503, { error: "server busy, please try again.  maximum pending requests exceeded" }),
    check: "predict",
    seen: /answered 503 status_exception: Error from remote service: .*maximum pending requests exceeded/,
  },
  "model-server-throttles": {
    how: "a gateway before the model server limits requests",
    break: (world) => throughTheChain(world, 429, { error: "slow down" }),
    check: "predict",
    seen: /answered 429 status_exception: Error from remote service: .*slow down/,
  },
  "model-server-key": {
    how: "a gateway before the model server wants a key",
    break: (world) => throughTheChain(world, 401, { error: "invalid key" }),
    check: "predict",
    seen: /answered 401 status_exception: Error from remote service: .*invalid key/,
  },
  throttled: {
    how: "the model's rate limiter is used up",
    break: async (world) => {
      await world.api("PUT", `${ML}/models/${world.modelId}`, { rate_limiter: { limit: "1", unit: "DAYS" } });
      await world.askUntil(/throttled/);
    },
    check: "predict",
    seen: /answered 429 status_exception: Request is throttled at model level\.$/,
  },
  "connection-pool": {
    how: "all connections of the connector are busy",
    break: (world) =>
      refusedWith(
        world,
        500,
        "status_exception",
        "Error communicating with remote model: Acquire operation took longer than the configured maximum time. This indicates that a request cannot get a connection from the pool within the specified maximum time.",
      ),
    check: "predict",
    seen: /answered 500 status_exception: .*Acquire operation took longer than the configured maximum time/,
  },
  "circuit-breaker": {
    how: "a server before 2.15 has little heap left",
    break: (world) =>
      refusedWith(
        world,
        429,
        "m_l_limit_exceeded_exception",
        "Memory Circuit Breaker is open, please check your resources!",
      ),
    check: "predict",
    seen: /Memory Circuit Breaker is open, please check your resources!$/,
  },
  "no-eligible-node": {
    how: "no node has a role that may run the model",
    break: async (world) => {
      await world.undeploy();
      await world.settings({ "plugins.ml_commons.task_dispatcher.eligible_node_role.remote_model": ["ml"] });
    },
    check: "predict",
    seen: /answered 400 illegal_argument_exception: no eligible node to run predict request$/,
  },
};
