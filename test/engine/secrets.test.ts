import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ResourceWorld, type Spec } from "./support/resource-world";
import { hasEngine } from "./support/toolchain";

const CANARY = "Canary-5831-Sings-Loud";

describe.skipIf(!hasEngine)("secrets of a program", () => {
  let world: ResourceWorld;

  beforeAll(async () => {
    world = await ResourceWorld.start("secrets");
  });

  afterAll(async () => {
    await world?.stop();
  });

  it.each([
    ["a connection of settings", "ClusterSetting", { settings: { "a.b": 1 } }],
    ["a connection of a group", "ModelGroup", {}],
    ["a connection of a model", "DeployedModel", { modelGroupId: "g", connectorId: "c" }],
    ["a connection of an index", "SearchIndex", { name: "i" }],
  ] as const)("are not printed with a failing check: %s", async (_what, type, more) => {
    const connection = world.connection({ password: CANARY, maxRetries: 99 });
    await refused(
      { type, name: "wrong", args: { connection, ...more } },
      "connection.maxRetries is 99: must be 20 at most",
    );
  });

  it.each([
    ["a credential", { credential: { key: CANARY, other: 5 } }, "credential.other is [secret]: must be text"],
    [
      "a header",
      { actions: [{ actionType: "predict", method: "POST", url: "http://h/", headers: { "x-api-key": CANARY } }] },
      "actions.0.headers.x-api-key holds a secret in plain text",
    ],
    [
      "a URL",
      { actions: [{ actionType: "predict", method: "POST", url: `http://:${CANARY}@h/` }] },
      "actions.0.url holds a user or a password",
    ],
  ])("are not printed with a failing check: %s of a connector", async (_what, more, reason) => {
    await refused({ type: "Connector", name: "wrong", args: world.connector(more) }, reason);
  });

  it("are not printed with a failing check: an endpoint of Ollama", async () => {
    const args = { endpoint: `http://:${CANARY}@localhost:11434`, model: "m" };
    await refused(
      { type: "OllamaModel", name: "wrong", args },
      'endpoint is "http://[secret]@localhost:11434": must be',
    );
  });

  it.each([
    ["a token", { token: CANARY, headers: { Host: "h" } }, "auth.headers.Host is [secret]: must be another header:"],
    ["a header of any name", { headers: { "X-Team": `${CANARY}\n` } }, "auth.headers.X-Team is [secret]: must be"],
    ["a password", { username: `ada:${CANARY}`, password: CANARY }, 'auth.username is "ada:[secret]": must be'],
  ])("are not printed with a failing check: %s for a gateway before Ollama", async (_what, auth, reason) => {
    const args = { endpoint: "http://localhost:11434", model: "m", auth };
    await refused({ type: "OllamaModel", name: "wrong", args }, reason);
  });

  it("are not printed with a failing check: AWS's keys", async () => {
    const aws = { region: "Frankfurt", accessKeyId: "AKID", secretAccessKey: CANARY, sessionToken: CANARY };
    const args = { connection: { endpoint: "https://h", aws } };
    await refused(
      { type: "ModelGroup", name: "wrong", args },
      'connection.aws.region is "Frankfurt": must be a region',
    );
  });

  async function refused(spec: Spec, reason: string): Promise<void> {
    world.declare([spec]);
    const { code, output } = await world.project.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(reason);
    expect(output).not.toContain(CANARY);
  }

  it("are not shown where the model server echoes them, though the model was never told them", async () => {
    world.model.refusal = () => ({ status: 401, body: { error: `invalid key ${CANARY}` } });
    const connection = world.connection();
    const run = await world.up([
      { type: "ModelGroup", name: "echo-group", args: { connection } },
      { type: "Connector", name: "echo-connector", args: world.connector({ credential: { key: CANARY } }) },
      {
        type: "DeployedModel",
        name: "echo-model",
        args: { connection, modelGroupId: { ref: "echo-group" }, connectorId: { ref: "echo-connector" } },
      },
    ]);
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("invalid key [secret]");
    expect(run.output).not.toContain(CANARY);
  });
});
