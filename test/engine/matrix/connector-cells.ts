import { expect } from "vitest";
import type { Json } from "../support/resource-world";
import { type Bench, type Cell, TIMEOUTS } from "./cell";

type Change = Partial<Cell> & Pick<Cell, "op">;

function cell(input: string, from: Json, to: Json, rest: Change): Cell {
  return {
    type: "Connector",
    name: `connector-${input}`,
    before: ({ world }) => world.connector(from),
    after: ({ world }) => world.connector(to),
    ...rest,
  };
}

/** One member of the predict action, changed. */
function action(member: string, from: Json, to: Json, holds?: Json): Cell {
  const args =
    (more: Json) =>
    ({ world }: Bench) => {
      const [first] = world.connector().actions as Json[];
      return world.connector({ actions: [{ ...first, ...more }] });
    };
  const shown = holds && { actions: [expect.objectContaining(holds)] };
  return cell(`actions-${member}`, {}, {}, { op: "replace", before: args(from), after: args(to), holds: shown });
}

/** One member of the client configuration, changed. */
function client(member: string, from: unknown, to: unknown, shownAs?: string): Cell {
  const config = (value: unknown) => ({ clientConfig: { readTimeoutSeconds: 300, [member]: value } });
  const holds = shownAs === undefined ? undefined : { client_config: { [shownAs]: to } };
  return cell(`clientConfig-${member}`, config(from), config(to), { op: "replace", holds });
}

const aws = { parameters: { model: "m", options: "{}", region: "eu-west-1", service_name: "bedrock" } };
const awsCredential = { key: "k", access_key: "a", secret_key: "b" };

export const connectorCells: readonly Cell[] = [
  cell(
    "connection",
    {},
    {},
    {
      op: "update",
      unwritten: true,
      used: true,
      after: ({ world }) => world.connector({ connection: world.connection({ requestTimeoutSeconds: 11 }) }),
    },
  ),
  cell("name", { name: "a" }, { name: "b" }, { op: "replace", used: true, holds: { name: "b" } }),
  cell("name-dropped", { name: "kept" }, {}, { op: "same", holds: { name: "kept" } }),
  cell(
    "description",
    { description: "one" },
    { description: "two" },
    { op: "replace", used: true, holds: { description: "two" } },
  ),
  cell("version", { version: 1 }, { version: 2 }, { op: "replace", used: true, holds: { version: "2" } }),
  cell("version-default", { version: undefined }, { version: 1 }, { op: "same", used: true, holds: { version: "1" } }),
  cell(
    "protocol",
    { ...aws, credential: awsCredential },
    { ...aws, credential: awsCredential, protocol: "aws_sigv4" },
    { op: "replace", holds: { protocol: "aws_sigv4" } },
  ),
  cell("protocol-default", { protocol: undefined }, { protocol: "http" }, { op: "same", holds: { protocol: "http" } }),
  cell(
    "parameters",
    { parameters: { model: "m", options: "{}" } },
    { parameters: { model: "n", options: "{}" } },
    { op: "replace", used: true, holds: { parameters: { model: "n" } } },
  ),
  cell(
    "parameter-dropped",
    { parameters: { model: "m", options: "{}", extra: "1" } },
    { parameters: { model: "m", options: "{}" } },
    { op: "replace", used: true, holds: { parameters: expect.not.objectContaining({ extra: "1" }) } },
  ),
  cell("credential", {}, { credential: { key: "second" } }, { op: "replace", used: true }),
  cell(
    "credential-dropped",
    {},
    {},
    {
      op: "replace",
      before: ({ world }) => ({ ...keyless(world.connector()), credential: { key: "unused" } }),
      after: ({ world }) => keyless(world.connector()),
    },
  ),
  action("actionType", { actionType: "predict" }, { actionType: "execute" }, { action_type: "EXECUTE" }),
  action("method", { method: "POST" }, { method: "PUT" }, { method: "PUT" }),
  {
    ...action("url", {}, {}),
    used: true,
    after: ({ world }) => {
      const [first] = world.connector().actions as Json[];
      return world.connector({ actions: [{ ...first, url: `${world.model.endpoint}/api/moved` }] });
    },
  },
  action("headers", {}, { headers: { "X-Team": "search" } }, { headers: { "X-Team": "search" } }),
  action(
    "requestBody",
    {},
    { requestBody: '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }' },
    { request_body: '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }' },
  ),
  action(
    "preProcessFunction",
    {},
    { preProcessFunction: "connector.pre_process.openai.embedding" },
    { pre_process_function: "connector.pre_process.openai.embedding" },
  ),
  action(
    "postProcessFunction",
    {},
    { postProcessFunction: "connector.post_process.openai.embedding" },
    { post_process_function: "connector.post_process.openai.embedding" },
  ),
  action("name", {}, { name: "ask" }, { name: "ask" }),
  client("maxConnection", 10, 20, "max_connection"),
  client("connectionTimeoutSeconds", 10, 20, "connection_timeout"),
  client("readTimeoutSeconds", 100, 200, "read_timeout"),
  client("maxRetryTimes", 1, 2, "max_retry_times"),
  client("retryBackoffPolicy", "constant", "exponential_full_jitter", "retry_backoff_policy"),
  client("retryBackoffMilliseconds", 100, 200, "retry_backoff_millis"),
  client("retryTimeoutSeconds", 10, 20, "retry_timeout_seconds"),
  client("skipSslVerification", false, true, "skip_ssl_verification"),
  cell(
    "predictParameters",
    {},
    { predictParameters: ["prompt", "suffix"] },
    { op: "update", unwritten: true, used: true },
  ),
  cell(
    "trustedEndpoints",
    {},
    { trustedEndpoints: ["^http://127\\.0\\.0\\.1:.*$"] },
    { op: "update", unwritten: true, used: true },
  ),
  cell("adoptId", {}, { adoptId: "only-for-create" }, { op: "same", used: true }),
  cell("timeouts", {}, TIMEOUTS, { op: "update", unwritten: true, used: true }),
  cell("nothing", {}, {}, { op: "same", used: true }),
  cell("renamed", {}, {}, { op: "same", renamed: true }),
];

/** Without the header that sends the key. */
function keyless({ credential: _c, actions, ...rest }: Json): Json {
  return { ...rest, actions: (actions as Json[]).map(({ headers: _h, ...action }) => action) };
}
