import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { openAiChat } from "../../../providers/connector/presets";
import { containerHealthLifecycle } from "../../../providers/container-health/lifecycle";
import { deployedModelLifecycle } from "../../../providers/deployed-model/lifecycle";
import { toResourceProvider } from "../../../providers/dynamic/adapter";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import { ollamaModelLifecycle } from "../../../providers/ollama-model/lifecycle";
import { searchIndexLifecycle } from "../../../providers/search-index/lifecycle";
import { securityPasswordLifecycle } from "../../../providers/security-password/lifecycle";
import { securityRoleLifecycle } from "../../../providers/security-role/lifecycle";
import { securityRoleMappingLifecycle } from "../../../providers/security-role-mapping/lifecycle";
import { securityUserLifecycle } from "../../../providers/security-user/lifecycle";
import type { Lifecycle } from "../../../providers/shared/lifecycle";
import { UNKNOWN } from "../../../providers/shared/unknown";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";

const INPUTS = [
  ...["connection", "owner", "timeouts", "name", "description", "accessMode", "backendRoles", "addAllBackendRoles"],
  ...["adoptExisting", "settings", "whenKnown", "scope", "mode", "restoreOnDelete", "revision", "version", "protocol"],
  ...["parameters", "credential", "actions", "clientConfig", "predictParameters", "modelGroupId", "connectorId"],
  ...["isEnabled", "rateLimiter", "guardrails", "interface", "deploySetting", "settingsRevision", "deployed", "probe"],
  ...[
    "forceDelete",
    "adoptId",
    "trustedEndpoints",
    "endpoint",
    "model",
    "from",
    "system",
    "commonName",
    "dnsNames",
    "ipAddresses",
    "validityDays",
    "mappings",
    "vector",
    "copyDocuments",
  ],
];

const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, "", "text", "https://localhost:9200", UNKNOWN),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...["endpoint", "password", "url", "actionType", "method", "requestBody", "headers", "a.b", "limit"],
        ...["properties", "type", "_meta", "field", "dimension"],
      ),
      tie("value"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

/** Inputs under the real names with any JSON as values: that is what gets past a first look. */
const anyInputs = fc.dictionary(fc.constantFrom(...INPUTS), anyJson, { maxKeys: 12, noNullPrototype: true });

/** A connector whose parts are nearly right, so that the lint of its templates is reached. */
const text = fc.oneof(
  fc.constant(UNKNOWN),
  fc.string(),
  fc.constantFrom("${parameters.a}", '{ "a": "${parameters.a}" }'),
);
const nearlyConnector = fc.record({
  connection: fc.constant({ endpoint: "http://localhost:9200" }),
  parameters: fc.oneof(fc.dictionary(fc.string(), anyJson, { noNullPrototype: true }), fc.constant(UNKNOWN)),
  credential: fc.oneof(fc.dictionary(fc.string(), text, { minKeys: 1, noNullPrototype: true }), fc.constant(UNKNOWN)),
  predictParameters: fc.oneof(fc.array(text), fc.constant(UNKNOWN)),
  trustedEndpoints: fc.oneof(fc.array(text), fc.constant(UNKNOWN), fc.constant(undefined)),
  actions: fc.array(
    fc.oneof(
      fc.constant(UNKNOWN),
      fc.record({
        actionType: fc.constant("predict"),
        method: fc.constant("POST"),
        url: fc.oneof(
          text,
          fc.constant(`http://h/${"a".repeat(300)}`),
          text.map((t) => `http://${t}`),
        ),
        requestBody: text,
        headers: fc.dictionary(fc.string(), text, { noNullPrototype: true }),
      }),
    ),
    { minLength: 1 },
  ),
});

const connection = { endpoint: "https://localhost:9200", username: "admin", password: "pw" };
const more = { owner: "urn:pulumi:dev::chat::t::x", timeouts: { createSeconds: 600 } };

/** Each lifecycle with inputs that are right. */
const LIFECYCLES: readonly (readonly [string, Lifecycle<object, object>, Record<string, unknown>])[] = [
  [
    "ClusterSetting",
    clusterSettingLifecycle as unknown as Lifecycle<object, object>,
    {
      ...more,
      connection,
      settings: { "a.b": [1] },
      whenKnown: { "c.d": true },
      scope: "transient",
      mode: "contribute",
    },
  ],
  [
    "ModelGroup",
    modelGroupLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, accessMode: "restricted", backendRoles: ["r"], adoptExisting: true },
  ],
  [
    "Connector",
    connectorLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, ...openAiChat({ endpoint: "http://ollama:11434", model: "m", apiKey: "k" }) },
  ],
  [
    "DeployedModel",
    deployedModelLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, modelGroupId: "g", connectorId: "c", rateLimiter: { limit: 1, unit: "DAYS" }, probe: {} },
  ],
  [
    "OllamaModel",
    ollamaModelLifecycle as unknown as Lifecycle<object, object>,
    { ...more, endpoint: "http://localhost:11434", model: "smollm2:135m" },
  ],
  [
    "TlsCertificate",
    tlsCertificateLifecycle as unknown as Lifecycle<object, object>,
    { owner: more.owner, commonName: "node", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] },
  ],
  [
    "ContainerHealth",
    containerHealthLifecycle as unknown as Lifecycle<object, object>,
    { ...more, containerId: "c0ffee", endpoint: "http://localhost:11434", dockerHost: "unix:///var/run/docker.sock" },
  ],
  [
    "SecurityUser",
    securityUserLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, password: "Quiet-Harbour-4417", backendRoles: ["r"], attributes: { team: "sea" } },
  ],
  [
    "SecurityPassword",
    securityPasswordLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, username: "admin", password: "Quiet-Harbour-4417" },
  ],
  [
    "SecurityRole",
    securityRoleLifecycle as unknown as Lifecycle<object, object>,
    {
      ...more,
      connection,
      clusterPermissions: ["cluster_monitor"],
      indexPermissions: [{ indexPatterns: ["logs-*"], allowedActions: ["read"], dls: '{"match_all":{}}' }],
    },
  ],
  [
    "SecurityRoleMapping",
    securityRoleMappingLifecycle as unknown as Lifecycle<object, object>,
    { ...more, connection, role: "readall", users: ["u"], mode: "contribute" },
  ],
  [
    "SearchIndex",
    searchIndexLifecycle as unknown as Lifecycle<object, object>,
    {
      ...more,
      connection,
      name: "articles",
      mappings: { dynamic: "strict", _meta: { a: 1 }, properties: { title: { type: "text" } } },
      settings: { number_of_shards: 1, index: { refresh_interval: "5s" } },
      vector: { field: "vector", dimension: 384, model: "all-minilm", spaceType: "l2" },
      forceDelete: true,
    },
  ],
];

describe.each(LIFECYCLES)("%s", (_kind, lifecycle, right) => {
  it("check takes any JSON, unknowns included, without a throw", async () => {
    const provider = toResourceProvider(lifecycle);
    const given = fc.oneof(anyInputs, anyJson);
    await fc.assert(
      fc.asyncProperty(given, given, async (news, olds) => {
        const answer = await provider.check?.(olds as Record<string, unknown>, news as Record<string, unknown>);
        for (const { property, reason } of answer?.failures ?? []) {
          expect(typeof property).toBe("string");
          expect(reason).not.toBe("");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("inputs that are right pass, and pass again as check completed them", () => {
    const first = lifecycle.check(right, {});
    expect(first.failures).toStrictEqual([]);
    expect(lifecycle.check(first.inputs, first.inputs)).toStrictEqual(first);
  });

  it("inputs that are right pass while any of them are not known yet", () => {
    const known = fc.tuple(...Object.keys(right).map(() => fc.boolean()));
    fc.assert(
      fc.property(known, (flags) => {
        const entries = Object.entries(right).map(([key, value], i) => [key, flags[i] ? value : UNKNOWN]);
        expect(lifecycle.check(Object.fromEntries(entries), {}).failures).toStrictEqual([]);
      }),
    );
  });

  it("check tells no password", () => {
    const secret = "hunter2-Hunter2";
    const given = fc.oneof(fc.constant(secret), fc.constant([secret]), fc.constant({ x: secret }));
    const connection = fc.record(
      {
        endpoint: fc.oneof(anyJson, fc.constant(`https://admin:${secret}@localhost:9200`)),
        username: anyJson,
        password: given,
        passwordEnv: fc.oneof(anyJson, given),
        stray: anyJson,
      },
      { requiredKeys: ["password"], noNullPrototype: true },
    );
    const shaped = fc.oneof(connection, fc.array(connection));
    fc.assert(
      fc.property(anyInputs, shaped, given, (inputs, withPassword, credential) => {
        const { failures } = lifecycle.check(
          { ...inputs, connection: withPassword, credential: { key: credential } },
          {},
        );
        expect(JSON.stringify(failures)).not.toContain(secret);
      }),
    );
  });

  it("equal inputs are no change", () => {
    fc.assert(
      fc.property(anyInputs, (some) => {
        const inputs = { ...some, model: "m:1" };
        const state = { ...inputs, clusterUuid: "u", schemaVersion: 1 };
        const { changes, replaces = [] } = lifecycle.diff("id", state, structuredClone(inputs));
        expect({ changes, replaces }).toStrictEqual({ changes: false, replaces: [] });
      }),
    );
  });

  it("another owner is no change: a renamed stack and a new parent make one", () => {
    fc.assert(
      fc.property(anyInputs, (some) => {
        const inputs = { ...some, model: "m:1" };
        const state = { ...inputs, owner: "urn:a", clusterUuid: "u", schemaVersion: 1 };
        expect(lifecycle.diff("id", state, { ...inputs, owner: "urn:b" }).changes).toBe(false);
      }),
    );
  });
});

describe("Connector", () => {
  it("check takes any templates, unknowns included, without a throw", () => {
    fc.assert(
      fc.property(nearlyConnector, (inputs) => {
        for (const { reason } of connectorLifecycle.check(inputs, {}).failures) expect(reason).toMatch(/^\S+ .+\.?$/s);
      }),
      { numRuns: 500 },
    );
  });
});
