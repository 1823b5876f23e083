import { beforeEach, describe, expect, it } from "vitest";
import { getClusterSettings } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { answerMeasures } from "../../clients/opensearch/predict-answer";
import { Deadline } from "../../clients/wait";
import { isKnownDefault } from "../../providers/cluster-setting/plan";
import { ConnectorProtocol } from "../../providers/connector/inputs";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { SAFE_TEXT } from "../../providers/shared/auto-name";
import { modelsIn } from "./lifecycle-model-support";
import { created, eachInItsOwnWorld } from "./lifecycle-support";

// What this package takes for granted of the server; each is the reason of some line of it.
const world = eachInItsOwnWorld();
const { deployed, groupAndConnector, seen } = modelsIn(world);

const ML = "/_plugins/_ml";
const reasonOf = (answer: Record<string, unknown>) => (answer.error as { reason: string } | undefined)?.reason;
const ask = (id: string) => world().api("POST", `${ML}/models/${id}/_predict`, { parameters: { prompt: "x" } });

describe("a connector, to the server,", () => {
  const made = async (more: object) => {
    const body = {
      name: "by hand",
      description: "made by hand",
      version: 1,
      protocol: "http",
      parameters: { model: "m" },
      credential: { key: "Quite-Secret-1" },
      actions: [action()],
      ...more,
    };
    const answer = await world().api("POST", `${ML}/connectors/_create`, body);
    return { id: String(answer.connector_id), reason: reasonOf(answer) };
  };
  const action = (more: object = {}) => ({
    action_type: "predict",
    method: "POST",
    url: `${world().model.endpoint}/api/generate`,
    request_body: '{ "prompt": "${parameters.prompt}" }',
    ...more,
  });

  beforeEach(() => world().open());

  it("may have actions of the names that check lets pass, and of no others", async () => {
    const characters =
      "Action name contains invalid characters. Only alphanumeric characters, hyphens, and underscores are allowed";
    const names: [string, string | undefined][] = [
      ["a", undefined],
      ["ASK_it-2", undefined],
      ["x".repeat(64), undefined],
      ["x".repeat(65), "Action name exceeds maximum length of 64 characters"],
      ["", characters],
      ["ask it", characters],
      ["ä", characters],
    ];
    for (const [name, reason] of names) {
      expect((await made({ actions: [action({ name })] })).reason).toBe(reason);
      const [ours] = world().connectorInputs("c").actions;
      const { failures } = connectorLifecycle.check(world().connectorInputs("c", { actions: [{ ...ours, name }] }), {});
      expect(failures).toHaveLength(reason === undefined ? 0 : 1);
    }
  });

  it("may be named and described in the characters that check lets pass, and in no others", async () => {
    const characters = [..." \t\n\v\f\r\u0085\u00a0\u1680\u2003\u200b\u2028\u202f\u3000\ufeffü語٣²,/$;&"];
    const verdicts = [];
    for (const character of characters) {
      const text = `our${character}name`;
      const [name, description] = [await made({ name: text }), await made({ description: text })];
      verdicts.push([character, name.reason === undefined, description.reason === undefined]);
    }
    expect(verdicts).toEqual(
      characters.map((character) => {
        const isSafe = SAFE_TEXT.test(`our${character}name`);
        return [character, isSafe, isSafe];
      }),
    );
  });

  it("has one of the protocols that check lets pass", async () => {
    const protocols = Object.values(ConnectorProtocol).sort().join(", ");
    expect((await made({ protocol: "ftp" })).reason).toBe(
      `Unsupported connector protocol. Please use one of [${protocols}]`,
    );
  });

  it("has all of client_config, whatever little was given, and 30 seconds for an answer", async () => {
    const connector = await created(
      connectorLifecycle,
      world().connectorInputs("c", { clientConfig: { maxRetryTimes: 2 } }),
    );
    expect((await world().api("GET", `${ML}/connectors/${connector.id}`)).client_config).toStrictEqual({
      max_connection: 30,
      connection_timeout: 30,
      read_timeout: 30,
      retry_backoff_millis: 200,
      retry_timeout_seconds: 30,
      max_retry_times: 2,
      retry_backoff_policy: "constant",
      skip_ssl_verification: false,
    });
    expect((await connectorLifecycle.read(connector.id, connector.state))?.inputs).toStrictEqual(connector.inputs);
  });

  it("never shows its credential, so that nobody can tell whether it is still the program's", async () => {
    const { id } = await made({});
    const all = { query: { match_all: {} } };
    const answers = [
      await world().api("GET", `${ML}/connectors/${id}`),
      await world().api("POST", `${ML}/connectors/_search`, all),
      await world().api("GET", `/.plugins-ml-connector/_doc/${id}`),
    ];
    for (const answer of answers) expect(answer).not.toHaveProperty("error");
    expect(JSON.stringify(answers)).not.toContain("Quite-Secret-1");
  });
});

describe("a model, to the server,", () => {
  it("is registered alone into its group: of several at once all but one are refused", async () => {
    const { groupId, connectorId } = await groupAndConnector();
    const model = { function_name: "remote", model_group_id: groupId, connector_id: connectorId };
    const register = (name: string) => world().api("POST", `${ML}/models/_register`, { name, ...model });
    const answers = await Promise.all(["a", "b", "c", "d", "e", "f", "g", "h"].map(register));
    const reasons = answers.map(reasonOf).filter((reason) => reason !== undefined);
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons)).toStrictEqual(
      new Set([`Document version conflict updating ${groupId} in index .plugins-ml-model-group`]),
    );
    expect(await world().count("models")).toBe(answers.length - reasons.length);
  });

  it("may not be changed while it is being deployed", async () => {
    const { id } = await deployed({ deployed: false });
    const doc = { model_state: "DEPLOYING" };
    await world().api("POST", `/.plugins-ml-model/_update/${id}?refresh=true`, { doc });
    const answer = await world().api("PUT", `${ML}/models/${id}`, { description: "other" });
    expect([answer.status, reasonOf(answer)]).toStrictEqual([
      409,
      `Model is deploying. Please wait for the model to complete deployment. model ID ${id}`,
    ]);
  });

  it("takes a connector that is not there without a word, and goes on with the one it had", async () => {
    const { id } = await deployed();
    const answer = await world().api("PUT", `${ML}/models/${id}`, { connector_id: "nope" });
    expect(answer).toMatchObject({ result: "updated" });
    expect(await seen(id)).toMatchObject({ connector_id: "nope", model_state: "DEPLOYED" });
    expect(await ask(id)).toHaveProperty("inference_results");
  });

  it("hands on the numbers of its answer as they are, large ones too", async () => {
    const { id } = await deployed();
    const body = { model: "m", response: "ready", done: true, eval_count: 298, eval_duration: 1_767_225_600_123 };
    world().model.mood = { status: 200, body };
    expect(await ask(id)).toMatchObject({ inference_results: [{ output: [{ name: "response", dataAsMap: body }] }] });
    const answer = await predict(openSearch(world().connection), id, { prompt: "x" }, Deadline.after(60_000));
    expect(answerMeasures(answer)).toMatchObject({ tokens: 298, evalSeconds: 1_767.225_600_123 });
  });
});

describe("the cluster's settings", () => {
  it("show a default list of trusted endpoints that is known here, while the key is not set", async () => {
    const key = "plugins.ml_commons.trusted_connector_endpoints_regex";
    const { defaults } = await getClusterSettings(openSearch(world().connection), { defaults: true });
    const list = defaults[key];
    expect(list).toHaveLength(12);
    expect(isKnownDefault(key, list as string[])).toBe(true);
    await world().open();
    const { defaults: hidden } = await getClusterSettings(openSearch(world().connection), { defaults: true });
    expect(hidden).not.toHaveProperty([key]);
  });
});
