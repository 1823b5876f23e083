import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAST_TIMINGS, type ProfileName, startEmulator } from "../../emulator";
import { type ModelServer, startModelServer } from "../contract/model-server";
import { call, connectorBody, deploy, field, ML, makeChain, predict, reason } from "./support";

const PRIVATE_LIST = "plugins.ml_commons.trusted_connector_private_endpoints_regex";

describe("server versions differ", () => {
  let backend: ModelServer;

  beforeEach(async () => {
    backend = await startModelServer();
  });

  afterEach(() => backend.close());

  const withProfile = (profile: ProfileName) => startEmulator({ profile, timings: FAST_TIMINGS });

  it.each([
    ["2.19", 30_000, undefined],
    ["3.4", 30_000, undefined],
    ["3.7", 30, false],
  ] as const)("in the defaults of client_config: %s has a read timeout of %i s", async (profile, seconds, skips) => {
    const emulator = await withProfile(profile);
    await makeChain(emulator, backend.address);
    const body = connectorBody(backend.address, { client_config: {} });
    const id = field(await call(emulator.url, "POST", `${ML}/connectors/_create`, body), "connector_id");
    const { json } = await call(emulator.url, "GET", `${ML}/connectors/${id}`);
    const { client_config: config } = json as { client_config: Record<string, unknown> };
    expect([config.read_timeout, config.connection_timeout, config.skip_ssl_verification]).toEqual([
      seconds,
      seconds,
      skips,
    ]);
    await emulator.close();
  });

  it("in the list of private endpoints: 3.7 checks it at prediction and validates its patterns, 3.4 has none", async () => {
    const older = await withProfile("3.4");
    const unknown = await call(older.url, "PUT", "/_cluster/settings", { persistent: { [PRIVATE_LIST]: ["x"] } });
    expect(reason(unknown)).toBe(`persistent setting [${PRIVATE_LIST}], not recognized`);
    await older.close();

    const emulator = await withProfile("3.7");
    const put = (value: unknown) =>
      call(emulator.url, "PUT", "/_cluster/settings", { persistent: { [PRIVATE_LIST]: value } });
    const { modelId } = await makeChain(emulator, backend.address);
    await deploy(emulator, modelId);
    expect((await predict(emulator, modelId)).status).toBe(200);
    await put(["^http://other/.*$"]);
    expect(reason(await predict(emulator, modelId))).toBe(
      "Connector URL is not matching the trusted connector private endpoint regex",
    );
    await put([`^http://${backend.address}/.*$`]);
    expect((await predict(emulator, modelId)).status).toBe(200);
    expect(reason(await put(["(a+)+"]))).toBe(
      "Regex pattern contains nested quantifiers or backreferences that may cause ReDoS: (a+)+",
    );
    expect(reason(await put(["x".repeat(257)]))).toBe(`Regex pattern too long (max 256 chars): ${"x".repeat(257)}`);
    expect(reason(await put(["[bad"]))).toBe("Invalid regex pattern: [bad");
    await emulator.close();
  });

  it("in the trusted list: 3.7 asks it again at prediction, for a redirected URL", async () => {
    for (const [profile, expected] of [
      ["3.4", "Error communicating with remote model: Connection refused: /127.0.0.1:9"],
      ["3.7", "Connector URL is not matching the trusted connector endpoint regex"],
    ] as const) {
      const emulator = await withProfile(profile);
      const trust = { "plugins.ml_commons.trusted_connector_endpoints_regex": [`^http://${backend.address}/.*$`] };
      const { groupId } = await makeChain(emulator, backend.address);
      await call(emulator.url, "PUT", "/_cluster/settings", { persistent: trust });
      const action = {
        action_type: "predict",
        method: "POST",
        url: "http://${parameters.endpoint}/api/generate",
        request_body: "{}",
      };
      const body = connectorBody(backend.address, { parameters: { endpoint: backend.address }, actions: [action] });
      const connector_id = field(await call(emulator.url, "POST", `${ML}/connectors/_create`, body), "connector_id");
      const model = { name: "m", function_name: "remote", model_group_id: groupId, connector_id };
      const modelId = field(await call(emulator.url, "POST", `${ML}/models/_register`, model), "model_id");
      expect(reason(await predict(emulator, modelId, { endpoint: "127.0.0.1:9" }))).toBe(expected);
      await emulator.close();
    }
  });

  it("in what 2.19 lets pass: any characters in names, and an empty body is 400", async () => {
    const emulator = await withProfile("2.19");
    await makeChain(emulator, backend.address);
    const named = await call(emulator.url, "POST", `${ML}/model_groups/_register`, { name: "a;b" });
    expect(named.status).toBe(200);
    await emulator.close();
    const newer = await withProfile("3.4");
    const refused = await call(newer.url, "POST", `${ML}/model_groups/_register`, { name: "a;b" });
    expect(reason(refused)).toBe(
      "Validation Failed: 1: Model group name can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/\");",
    );
    await newer.close();
  });
});
