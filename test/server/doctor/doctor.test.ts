import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKS } from "../../../cli/commands/doctor/checks/all";
import { ollamaChat, openAiChat } from "../../../providers/connector/presets";
import { PASSWORD } from "../lifecycle-support";
import { withEmbedding } from "./breaks/documents";
import { DoctorWorld, type Line } from "./world";

let world: DoctorWorld;
beforeEach(async () => {
  world = await DoctorWorld.start();
});
afterEach(async () => {
  await world.stop();
});

const statusOf = (lines: readonly Line[], id: string) => lines.find((line) => line.id === id)?.status;
const seenBy = (lines: readonly Line[], id: string) => lines.find((line) => line.id === id)?.seen;
const wrong = (lines: readonly Line[]) => lines.filter(({ status }) => status === "fail").map(({ id }) => id);
const notOk = (lines: readonly Line[]) =>
  lines.filter(({ status }) => status === "fail" || status === "warn").map(({ id }) => id);

describe("a healthy chain", () => {
  it("has nothing wrong, in each check's own words, and ends in 0", async () => {
    const { exitCode, lines } = await world.doctor();
    expect(exitCode).toBe(0);
    expect(lines.map(({ id }) => id)).toEqual(["stack-outputs", ...CHECKS.map(({ id }) => id)]);
    expect(notOk(lines)).toEqual([]);
    expect(lines[0]).toEqual({
      id: "stack-outputs",
      title: "stack outputs",
      status: "ok",
      seen: `the selected stack: ${world.cluster.url}, ${world.ollama.endpoint}`,
    });
    expect(seenBy(lines, "reply")).toBe('dataAsMap.response: "ready."');
    expect(seenBy(lines, "ollama-speed")).toBe("40 tokens/s");
    expect(seenBy(lines, "latency")).toMatch(
      /^\d+ ms: loading 100 ms, reading the question 200 ms, writing 4 tokens 100 ms, OpenSearch and network 0 ms$/,
    );
  });

  it("is asked shortly, with the connector's own options, so that nothing is loaded anew", async () => {
    await world.doctor();
    const asked = world.ollama.requests.filter(({ path }) => path === "/api/generate");
    expect(asked.map(({ body }) => body.options)).toEqual([
      { num_predict: 1 },
      { num_predict: 16 },
      { num_predict: 4 },
    ]);
  });

  it.each([
    ["chat", ollamaChat, 'dataAsMap.message.content: "ready."'],
    ["openai", openAiChat, 'dataAsMap.choices[0].message.content: "ready."'],
  ] as const)("with the API %s passes too", async (api, preset, seen) => {
    await world.useConnector(preset({ endpoint: world.ollama.endpoint, model: "smollm2:135m" }));
    world.outputs.api = api;
    const { lines } = await world.doctor();
    expect(notOk(lines)).toEqual([]);
    expect(seenBy(lines, "reply")).toBe(seen);
  });

  it.each([
    ["2.19.6", { "plugins.ml_commons.connector.private_ip_enabled": undefined }],
    ["3.7.0", { "plugins.ml_commons.trusted_connector_private_endpoints_regex": [] }],
  ])("on a server of %s passes too", async (release, defaults) => {
    world.pretendRelease(release, defaults);
    const { lines } = await world.doctor();
    expect(notOk(lines)).toEqual([]);
    expect(seenBy(lines, "opensearch-version")).toBe(release);
    expect(seenBy(lines, "ml-plugin")).toBe(`opensearch-ml ${release}.0`);
  });

  it("with documents names the index and the vector's length", async () => {
    await withEmbedding(world);
    await world.api("PUT", "/docs", { mappings: { properties: { text: { type: "text" } } } });
    await world.api("PUT", "/docs/_doc/1?refresh=true", { text: "a passage" });
    world.outputs.ragIndex = "docs";
    const { lines } = await world.doctor();
    expect(notOk(lines)).toEqual([]);
    expect(seenBy(lines, "rag-index")).toBe("docs, 1 passages");
    expect(seenBy(lines, "embedding")).toMatch(/^3 dimensions after \d+ ms$/);
  });

  it("in Docker names the containers", async () => {
    world.docker.containers.set("chat-dev-chat-ollama", { port: Number(new URL(world.ollama.endpoint).port) });
    const { lines } = await world.doctor();
    expect(seenBy(lines, "docker")).toBe("27.3.1; chat-dev-chat-ollama");
    expect(seenBy(lines, "container-ollama")).toBe("running, healthy");
    expect(seenBy(lines, "container-opensearch")).toBe("not in a container of this package");
  });

  it("tells of which release everything is", async () => {
    const { lines } = await world.doctor();
    expect(seenBy(lines, "opensearch-version")).toBe("3.6.0");
    expect(seenBy(lines, "opensearch-plugins")).toBe("5 of OpenSearch, all 3.6.0");
    expect(seenBy(lines, "ml-plugin")).toBe("opensearch-ml 3.6.0.0");
  });
});

describe("what is broken", () => {
  it("ends in 4, and what builds on it is skipped with the reason", async () => {
    await world.ollama.stop();
    const { exitCode, lines } = await world.doctor();
    await world.ollama.start();
    expect(exitCode).toBe(4);
    expect(wrong(lines)).toEqual(["ollama-reachable"]);
    const skipped = lines.filter(({ seen }) => seen === "waits for: Ollama answers").map(({ id }) => id);
    expect(skipped).toEqual([
      "ollama-model",
      "ollama-memory",
      "ollama-loaded",
      "ollama-answer",
      "ollama-speed",
      "predict",
      "reply",
      "latency",
    ]);
    expect(statusOf(lines, "model-state")).toBe("ok");
  });

  it("two causes are told side by side", async () => {
    world.ollama.models.clear();
    await world.settings({ "plugins.ml_commons.connector.private_ip_enabled": false });
    expect(wrong((await world.doctor()).lines)).toEqual(["private-address", "ollama-model"]);
  });

  it("a stack that cannot be read is a finding, with the way out", async () => {
    world.pulumi = "#!/bin/sh\necho 'error: no stack selected' >&2\nexit 255\n";
    const { exitCode, lines } = await world.doctor();
    expect(exitCode).toBe(4);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      id: "stack-outputs",
      status: "fail",
      seen: "The outputs of the selected stack cannot be read: no stack selected",
      cause: "No such stack is in this backend, or none is selected.",
    });
  });

  it("a wrong flag is a mistake of the command line", async () => {
    expect((await world.run(["--timeout", "soon"])).exitCode).toBe(2);
    const { exitCode, err } = await world.run(["--ollama", "localhost"]);
    expect(exitCode).toBe(2);
    expect(err).toContain('--ollama is "localhost"');
  });

  it("a stream in place of an answer is none", async () => {
    const request_body = '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}" }';
    const { actions, ...body } = world.connectorBody;
    // A gateway's path, of which nobody knows that Ollama is behind it.
    const url = `${world.ollama.endpoint}/gateway/generate`;
    await world.moveTo({ ...body, actions: [{ ...actions[0], request_body, url }] });
    const { exitCode, lines } = await world.doctor();
    expect([exitCode, wrong(lines)]).toEqual([4, ["predict"]]);
    expect(lines.find(({ id }) => id === "predict")).toMatchObject({
      symptom: "ollama-streams",
      seen: `POST /_plugins/_ml/models/${world.modelId}/_predict answered in a form that is not understood: the model server streams its answer, and this is the list of its parts`,
    });
  });

  it("the password is nowhere, not even in a server's own words", async () => {
    const reason = `bad credentials admin:${PASSWORD}`;
    world.answerWith("/_cluster/health", 500, { error: { type: "x", reason }, status: 500 });
    const { out, err } = await world.run(["--json"]);
    expect(out).toContain("answered 500 x: bad credentials [secret]");
    expect(out + err).not.toContain(PASSWORD);
  });

  it("what this user may not look at is skipped, and no fault", async () => {
    const reason = "no permissions for [cluster:monitor/health] and User [name=chatter]";
    world.answerWith("/_cluster/health", 403, { error: { type: "security_exception", reason }, status: 403 });
    const { exitCode, lines } = await world.doctor();
    expect([exitCode, statusOf(lines, "cluster-health")]).toEqual([0, "skipped"]);
    expect(seenBy(lines, "cluster-health")).toBe(`this user may not look: ${reason}`);
  });
});

describe("a user who may do little", () => {
  beforeEach(async () => {
    await world.stop();
    world = await DoctorWorld.start({ kind: "secured" });
  });

  it("and ask all the same is no fault", async () => {
    await world.makeUser("asker", ["cluster:admin/opensearch/ml/predict"]);
    world.outputs.opensearchUsername = "asker";
    const { exitCode, lines } = await world.doctor();
    expect([exitCode, notOk(lines)]).toEqual([0, []]);
    expect(seenBy(lines, "opensearch-password")).toBe("accepted for asker, who may not look at the cluster itself");
    expect(seenBy(lines, "opensearch-version")).toBe(
      "this user may not look: no permissions for [cluster:monitor/main] and User [name=asker, backend_roles=[], requestedTenant=null]",
    );
    expect(seenBy(lines, "predict")).toBe("not asked: the connector's parameters are not known");
  });
});

describe("with flags instead of a stack", () => {
  it("only Ollama: OpenSearch's checks are skipped", async () => {
    const { exitCode, lines } = await world.doctor("--ollama", world.ollama.endpoint, "--model", "smollm2:135m");
    expect(exitCode).toBe(0);
    expect(seenBy(lines, "opensearch-reachable")).toBe("no OpenSearch is named");
    expect(seenBy(lines, "predict")).toBe("no OpenSearch is named");
    expect(statusOf(lines, "ollama-answer")).toBe("ok");
  });

  it("only OpenSearch and a model: the connector is found by it, and the chain is asked", async () => {
    world.environment.OLLAMA_CHAT_OPENSEARCH_PASSWORD = PASSWORD;
    const flags = ["--opensearch", world.cluster.url, "--username", "admin", "--model-id", world.modelId];
    const { exitCode, lines } = await world.doctor(...flags);
    expect(exitCode).toBe(0);
    expect(seenBy(lines, "connector")).toBe(`chat-connector (${world.connectorId})`);
    expect(seenBy(lines, "ollama-reachable")).toBe("no Ollama is named");
    expect(statusOf(lines, "predict")).toBe("ok");
  });
});
