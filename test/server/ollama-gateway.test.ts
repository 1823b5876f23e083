import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findModel } from "../../clients/ollama/models";
import { OllamaServer } from "../../clients/ollama/server";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { ollamaChat, ollamaEmbedding, ollamaGenerate, openAiChat } from "../../providers/connector/presets";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { ollamaModelLifecycle } from "../../providers/ollama-model/lifecycle";
import type { OllamaAuth } from "../../providers/shared/ollama-auth";
import { commandLine } from "../support/command-line";
import { Gateway } from "../support/gateway";
import { type RunningOllama, startOllama } from "../support/ollama";
import { OPEN_SETTINGS } from "./cli-support";
import { created, eachInItsOwnWorld, failureOf, updated, urn } from "./lifecycle-support";

const MODEL = "smollm2:135m";
const EMBEDDING = "all-minilm";
const TOKEN = "gateway-Token/1==";
const [USER, PASSWORD] = ["team", "gateway: Passw0rd"];
const KEY = "gateway-Key-1";

/** What gateways ask for: the program's side, the header that must arrive, and the variables of `ollama-chat`. */
const KINDS: readonly (readonly [string, OllamaAuth, readonly [string, string], NodeJS.ProcessEnv])[] = [
  ["a token", { token: TOKEN }, ["authorization", `Bearer ${TOKEN}`], { OLLAMA_CHAT_OLLAMA_TOKEN: TOKEN }],
  [
    "user and password",
    { username: USER, password: PASSWORD },
    ["authorization", `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`],
    { OLLAMA_CHAT_OLLAMA_USERNAME: USER, OLLAMA_CHAT_OLLAMA_PASSWORD: PASSWORD },
  ],
  [
    "a header",
    { headers: { "X-Api-Key": KEY } },
    ["x-api-key", KEY],
    { OLLAMA_CHAT_OLLAMA_HEADERS: JSON.stringify({ "X-Api-Key": KEY }) },
  ],
];
const SECRETS = new RegExp([TOKEN, PASSWORD, KEY].join("|").replaceAll("/", "\\/"));

let ollama: RunningOllama;
beforeAll(async () => {
  ollama = await startOllama({ ownModels: true });
});
afterAll(() => ollama.stop());
const world = eachInItsOwnWorld();

let gate: Gateway;
let wanted: readonly [string, string];
const refuses = ({ headers }: IncomingMessage) =>
  headers[wanted[0]] === wanted[1] ? undefined : { status: 401, body: "<html><p>Sign in</p></html>" };
beforeEach(async () => {
  gate = await new Gateway({ target: () => ollama.endpoint, prefix: "/ollama", refuses }).start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await gate.stop();
});

const modelInputs = (auth: OllamaAuth | undefined, more: object = {}) => ({
  endpoint: gate.url,
  auth,
  model: "from-behind:1",
  from: MODEL,
  parameters: { temperature: 0 },
  retainOnDelete: false,
  owner: urn("OllamaModel", "m"),
  ...more,
});
const found = () => findModel(new OllamaServer(ollama.endpoint), "from-behind:1");

describe.each(KINDS)("an Ollama under a path, whose gateway asks for %s", (_kind, auth, header, variables) => {
  beforeEach(() => {
    wanted = header;
  });

  it("has its models made, read, changed and deleted there", async () => {
    const made = await created(ollamaModelLifecycle, modelInputs(auth));
    expect((await found())?.digest).toBe(made.state.digest);
    expect((await ollamaModelLifecycle.read(made.id, made.state))?.state.auth).toEqual(auth);
    const warm = await updated(ollamaModelLifecycle, made, modelInputs(auth, { system: "Be brief.", warmUp: true }));
    expect((await found())?.digest).not.toBe(made.state.digest);
    await ollamaModelLifecycle.delete(warm.id, warm.state);
    expect(await found()).toBeUndefined();
    expect(gate.refused).toEqual([]);
    expect(gate.passed).toContain("POST /ollama/api/create");
  });

  it("is refused without, with the way out and without a secret", async () => {
    const failure = await failureOf(created(ollamaModelLifecycle, modelInputs(undefined)));
    expect(failure.message).toMatch(
      /^OllamaModel "m": create failed: from-behind:1: Ollama answered GET \/api\/version with 401: /,
    );
    expect(failure.message).toContain("\n  fix: Give what the proxy requires: auth of OllamaModel");
    const wrong = Object.fromEntries(
      Object.entries(auth).map(([name, value]) => [
        name,
        typeof value === "string" ? `${value}x` : { "X-Api-Key": `${KEY}x` },
      ]),
    );
    const other = await failureOf(created(ollamaModelLifecycle, modelInputs(wrong)));
    expect(other.message).not.toMatch(SECRETS);
  });

  it("answers OpenSearch through each API and makes vectors, and no secret stands in the connector", async () => {
    const { connection } = world();
    await created(clusterSettingLifecycle, { connection, settings: OPEN_SETTINGS, owner: urn("ClusterSetting", "s") });
    const group = await created(modelGroupLifecycle, world().groupInputs("g"));
    const args = { endpoint: gate.url, model: MODEL, auth, options: { num_predict: 4, num_thread: 1 } };
    const openAi = openAiChat({ endpoint: gate.url, model: MODEL, auth, maxTokens: 4 });
    const vectors = ollamaEmbedding({ endpoint: gate.url, model: EMBEDDING, auth });
    const presets = { generate: ollamaGenerate(args), chat: ollamaChat(args), openAi, vectors };
    for (const [name, preset] of Object.entries(presets)) {
      const inputs = { connection, owner: urn("Connector", name), name, ...preset };
      const connector = await created(connectorLifecycle, inputs);
      await created(deployedModelLifecycle, world().modelInputs(name, group.id, connector.id));
      const shown = await world().api("GET", `/_plugins/_ml/connectors/${connector.id}`);
      expect(JSON.stringify(shown)).not.toMatch(SECRETS);
    }
    const asked = gate.passed.filter((line) => line.startsWith("POST"));
    for (const path of ["api/generate", "api/chat", "v1/chat/completions", "api/embed"]) {
      expect(asked).toContain(`POST /ollama/${path}`);
    }
    expect(gate.refused).toEqual([]);
  });

  it("is asked by ollama-chat with its variables: ask, models and doctor", async () => {
    const environment = { ...variables, OLLAMA_CHAT_OLLAMA_ENDPOINT: gate.url, OLLAMA_CHAT_MODEL: MODEL };
    const answered = await commandLine(["ask", "--direct", "Say hello."], { environment });
    expect([answered.code, answered.err]).toEqual([0, expect.stringContaining(`${MODEL} in Ollama`)]);
    const listed = await commandLine(["models", "--json"], { environment });
    expect(JSON.parse(listed.out).ollama.models).toContainEqual(expect.objectContaining({ name: MODEL }));
    const examined = await commandLine(["doctor", "--json"], { environment });
    const checks = JSON.parse(examined.out) as { id: string; status: string }[];
    const passed = checks.filter(({ status }) => status === "ok").map(({ id }) => id);
    expect(passed).toEqual(expect.arrayContaining(["ollama-reachable", "ollama-model"]));
    expect(gate.refused).toEqual([]);
    const none = { ...environment, ...Object.fromEntries(Object.keys(variables).map((name) => [name, ""])) };
    const refused = await commandLine(["ask", "--direct", "Say hello."], { environment: none });
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toContain("OLLAMA_CHAT_OLLAMA_TOKEN");
  });
});

describe("a secret of the gateway that changes", () => {
  it("is an update without a pull, and in the provider the variable overrides what is stored", async () => {
    wanted = ["authorization", "Bearer first-Token"];
    const made = await created(ollamaModelLifecycle, modelInputs({ token: "first-Token" }));
    wanted = ["authorization", "Bearer second-Token"];
    gate.passed.length = 0;
    const next = await updated(ollamaModelLifecycle, made, modelInputs({ token: "second-Token" }));
    expect([next.changes, next.replaces]).toEqual([true, []]);
    expect(gate.passed.filter((line) => line.startsWith("POST"))).toEqual([]);
    wanted = ["authorization", "Bearer third-Token"];
    const stale = await failureOf(ollamaModelLifecycle.delete(next.id, next.state));
    expect(stale.message).toContain("delete failed");
    vi.stubEnv("OLLAMA_CHAT_OLLAMA_TOKEN", "third-Token");
    await ollamaModelLifecycle.delete(next.id, next.state);
    expect(await found()).toBeUndefined();
  });
});
