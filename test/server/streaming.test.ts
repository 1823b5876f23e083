import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { Deadline } from "../../clients/wait";
import { symptomOf } from "../../diagnosis/diagnose";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { commandLine } from "../support/command-line";
import { type RunningOllama, startOllama } from "../support/ollama";
import { DoctorWorld } from "./doctor/world";
import { created, failureOf, PASSWORD, urn } from "./lifecycle-support";

const MODEL = "smollm2:135m";
const MESSAGES = [{ role: "user", content: "Count to a thousand." }];
/** Two tokens, by one thread: two threads spin against each other on busy cores. */
const SHORT = '"options": { "num_thread": 1, "num_predict": 2 }';

/** Bodies that somebody wrote by hand who did not know of `stream`, or wanted it. */
const STREAMING = {
  generate: { path: "/api/generate", body: `{ "model": "${MODEL}", "prompt": "\${parameters.prompt}", ${SHORT} }` },
  chat: { path: "/api/chat", body: `{ "model": "${MODEL}", "messages": \${parameters.messages}, ${SHORT} }` },
  openai: {
    path: "/v1/chat/completions",
    body: `{ "model": "${MODEL}", "messages": \${parameters.messages}, "stream": true, "max_tokens": 2 }`,
  },
} as const;

const LIST =
  "answered in a form that is not understood: the model server streams its answer, and this is the list of its parts";
const EVENTS =
  "answered 400 illegal_argument_exception: Invalid JSON format: Unrecognized token 'data': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]";

describe.each([
  ["generate", LIST],
  ["chat", LIST],
  ["openai", EVENTS],
] as const)("a real Ollama that streams its answer of the API %s", (api, words) => {
  let ollama: RunningOllama;
  let world: DoctorWorld;
  beforeAll(async () => {
    ollama = await startOllama();
  });
  afterAll(() => ollama.stop());
  beforeEach(async () => {
    world = await DoctorWorld.start();
    const { actions, parameters: _, ...connector } = world.connectorBody;
    const { path, body } = STREAMING[api];
    const action = { ...actions[0], url: `${ollama.endpoint}${path}`, request_body: body };
    await world.moveTo({ ...connector, parameters: {}, actions: [action] });
  });
  afterEach(() => world.stop());

  const { cause, fix } = symptomOf("ollama-streams");
  const advice = [`  cause: ${cause}`, `  fix: ${fix}`];

  it("is refused by the readiness probe, with the missing stream: false as its cause", async () => {
    const { connection, groupId: modelGroupId, connectorId } = world;
    const inputs = { connection, name: "m", modelGroupId, connectorId, owner: urn("DeployedModel", "m") };
    const failure = await failureOf(created(deployedModelLifecycle, inputs));
    const asked = /POST \/_plugins\/_ml\/models\/\S+\/_predict/.exec(failure.message)?.[0];
    expect(failure.message).toBe([`DeployedModel "m": create failed: ${asked} ${words}`, ...advice].join("\n"));
  });

  it("is refused by ask, so that nobody takes a list of parts for an answer", async () => {
    const environment = {
      OLLAMA_CHAT_OPENSEARCH_ENDPOINT: world.cluster.url,
      OLLAMA_CHAT_OPENSEARCH_USERNAME: "admin",
      OLLAMA_CHAT_OPENSEARCH_PASSWORD: PASSWORD,
      OLLAMA_CHAT_MODEL_ID: world.modelId,
      OLLAMA_CHAT_API: api,
    };
    const { code, out, err } = await commandLine(["ask", "Why?"], { environment });
    expect([code, out]).toEqual([1, ""]);
    const asked = `POST /_plugins/_ml/models/${world.modelId}/_predict`;
    expect(err).toBe([`error: ${asked} ${words}`, ...advice, ""].join("\n"));
  });

  if (api === "openai") return;
  it("comes from OpenSearch as a success: one text with a JSON document a line", async () => {
    const answer = await world.api("POST", `/_plugins/_ml/models/${world.modelId}/_predict`, {
      parameters: { prompt: "Why?", messages: JSON.stringify(MESSAGES) },
    });
    const { inference_results: results } = answer as {
      inference_results: { status_code: number; output: { dataAsMap: { response: string } }[] }[];
    };
    expect(results[0]?.status_code).toBe(200);
    const lines = results[0]?.output[0]?.dataAsMap.response.trim().split("\n") ?? [];
    expect(lines.map((line) => (JSON.parse(line) as { done: boolean }).done)).toEqual([false, false, true]);
    const asked = predict(
      openSearch(world.connection),
      world.modelId,
      { prompt: "Why?", messages: MESSAGES },
      Deadline.after(60_000),
    );
    await expect(asked).rejects.toThrow(LIST);
  });
});
