import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { ollamaGenerate } from "../../../providers/connector/presets";
import { deployedModelLifecycle } from "../../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../../providers/search-index/lifecycle";
import { UNKNOWN } from "../../../providers/shared/unknown";

const connection = { endpoint: "https://localhost:9200" };
const safe = `may hold only letters, digits, plain spaces and . , ! ? ( ) : @ - _ ' / "`;

interface Checking {
  check(news: unknown, olds: unknown): { failures: readonly { property: string; reason: string }[] };
}

function failures(lifecycle: Checking, right: object, wrong: object) {
  return lifecycle.check({ ...right, ...wrong }, {}).failures;
}

describe("a wrong ModelGroup", () => {
  it.each([
    [{ name: "" }, "name", 'name is "": must not be empty'],
    [{ name: "a<b" }, "name", `name is "a<b": ${safe}`],
    [{ name: "\u00a0a" }, "name", `name is "\\u00a0a": ${safe}`],
    [{ name: " \n" }, "name", 'name is " \\n": must not be empty'],
    [{ description: "a\ufeff" }, "description", `description is "a\\ufeff": ${safe}`],
    [
      { description: "  " },
      "description",
      'description is "  ": must not be blank: the server ignores a blank description, so it could never be cleared',
    ],
    [{ accessMode: "open" }, "accessMode", 'accessMode is "open": must be one of public, private, restricted'],
    [{ backendRoles: "admin" }, "backendRoles", 'backendRoles is "admin": must be a list of role names'],
    [{ addAllBackendRoles: "yes" }, "addAllBackendRoles", 'addAllBackendRoles is "yes": must be true or false'],
    [{ adoptExisting: 1 }, "adoptExisting", "adoptExisting is 1: must be true or false"],
    [{ timeouts: 5 }, "timeouts", "timeouts is 5: must be an object such as { createSeconds: 600 }"],
    [
      { timeouts: { createSeconds: 1e99 } },
      "timeouts",
      "timeouts.createSeconds is 1e+99: must be 2147483 (24 days) at most",
    ],
    [
      { connection: { ...connection, username: "a:b", password: "x" } },
      "connection",
      'connection.username is "a:[secret]": must be the user alone, without a colon; the password is a separate input',
    ],
  ])("is refused in the preview: $2", (wrong, property, reason) => {
    expect(failures(modelGroupLifecycle, { connection }, wrong)).toStrictEqual([{ property, reason }]);
  });
});

describe("who may use a ModelGroup is judged before the server does", () => {
  const onlyRestricted = 'only a group with accessMode "restricted" has roles.';

  it.each([
    [
      { accessMode: "restricted" },
      "accessMode",
      'accessMode is "restricted": needs backendRoles with one role at least, or addAllBackendRoles: true.',
    ],
    [
      { accessMode: "restricted", backendRoles: [], addAllBackendRoles: false },
      "accessMode",
      'accessMode is "restricted": needs backendRoles with one role at least, or addAllBackendRoles: true.',
    ],
    [
      { accessMode: "private", backendRoles: ["a"] },
      "backendRoles",
      `backendRoles is given, and accessMode is "private": ${onlyRestricted}`,
    ],
    [
      { accessMode: "public", addAllBackendRoles: true },
      "addAllBackendRoles",
      `addAllBackendRoles is given, and accessMode is "public": ${onlyRestricted}`,
    ],
    [
      { backendRoles: ["a"], addAllBackendRoles: true },
      "backendRoles",
      "backendRoles is given, and addAllBackendRoles is true: give one of them, or leave both out.",
    ],
    [{ backendRoles: ["a", " "] }, "backendRoles", 'backendRoles.1 is " ": must not be blank'],
  ])("%j is refused", (access, property, reason) => {
    expect(failures(modelGroupLifecycle, { connection }, access)).toStrictEqual([{ property, reason }]);
  });

  it.each([
    {},
    { accessMode: "public" },
    { accessMode: "private", backendRoles: [], addAllBackendRoles: false },
    { accessMode: "restricted", backendRoles: ["a"] },
    { accessMode: "restricted", addAllBackendRoles: true },
    { backendRoles: ["a"] },
    { accessMode: "restricted", backendRoles: UNKNOWN },
    { accessMode: UNKNOWN, backendRoles: ["a"] },
  ])("%j is accepted", (access) => {
    expect(failures(modelGroupLifecycle, { connection }, access)).toStrictEqual([]);
  });
});

describe("a wrong ClusterSetting", () => {
  const right = { connection, settings: { "a.b": 1 } };
  const keyRule = "must be the flat key of one setting, such as plugins.ml_commons.connector.private_ip_enabled";

  it.each([
    [{ settings: undefined }, "settings", "settings is missing: must be an object of settings by their flat keys"],
    [{ settings: {} }, "settings", "settings is {}: must hold at least one setting"],
    [{ settings: { plugins: { a: 1 } } }, "settings", `settings.plugins is {"a":1}: ${keyRule}`],
    [{ settings: { "a.*": null } }, "settings", `settings.a.* is null: ${keyRule}`],
    [
      { settings: { "a.b": { c: 1 } } },
      "settings",
      'settings.a.b is {"c":1}: must be text, a number, true, false, null, or a list of these',
    ],
    [{ scope: "forever" }, "scope", 'scope is "forever": must be one of persistent, transient'],
    [{ mode: "share" }, "mode", 'mode is "share": must be one of own, contribute'],
    [{ restoreOnDelete: "no" }, "restoreOnDelete", 'restoreOnDelete is "no": must be one of previous, default, keep'],
  ])("is refused in the preview: $2", (wrong, property, reason) => {
    expect(failures(clusterSettingLifecycle, right, wrong)).toEqual([{ property, reason }]);
  });
});

describe("a list to which others add entries", () => {
  const LIST = "plugins.ml_commons.trusted_connector_endpoints_regex";
  const NEWER = "plugins.ml_commons.trusted_connector_private_endpoints_regex";
  const ONE_TEXT = "plugins.ml_commons.trusted_url_regex";
  const rule = 'with mode contribute it must be a list of entries, such as ["entry"]; only mode own takes one value';
  const found = (mode: unknown, wrong: object) =>
    failures(clusterSettingLifecycle, { connection, settings: { "a.b": 1 }, mode }, wrong);

  it.each([
    [{ settings: { [LIST]: "http://user:pass@ours" } }, "settings", `settings.${LIST} is a single text: ${rule}`],
    [{ settings: { [LIST]: null } }, "settings", `settings.${LIST} is null: ${rule}`],
    [{ settings: { [LIST]: true } }, "settings", `settings.${LIST} is a boolean: ${rule}`],
    [{ whenKnown: { [NEWER]: "^http://ours$" } }, "whenKnown", `whenKnown.${NEWER} is a single text: ${rule}`],
  ])("is refused one value in the preview, which is not shown: $2", (wrong, property, reason) => {
    expect(found("contribute", wrong)).toEqual([{ property, reason }]);
  });

  it("takes entries; one value is for mode own, for a key that is no list, and for what a preview does not know", () => {
    expect(found("contribute", { settings: { [LIST]: ["^http://ours$"], [ONE_TEXT]: ".*" } })).toEqual([]);
    expect(found("own", { settings: { [LIST]: "^http://ours$" } })).toEqual([]);
    expect(found(undefined, { settings: { [LIST]: "^http://ours$" } })).toEqual([]);
    expect(found(UNKNOWN, { settings: { [LIST]: "^http://ours$" } })).toEqual([]);
    expect(found("contribute", { settings: { [LIST]: UNKNOWN } })).toEqual([]);
  });
});

describe("Connector", () => {
  const right = { connection, ...ollamaGenerate({ endpoint: "http://ollama:11434", model: "m" }) };
  const [action] = right.actions;

  it.each([
    [{ name: "a|b" }, "name", `name is "a|b": ${safe}`],
    [{ description: " " }, "description", 'description is " ": must not be blank'],
    [{ description: "a\u2003" }, "description", `description is "a\\u2003": ${safe}`],
    [{ version: 0 }, "version", "version is 0: must be 1 or more"],
    [
      { protocol: "grpc" },
      "protocol",
      'protocol is "grpc": must be one of http, aws_sigv4, mcp_sse, mcp_streamable_http',
    ],
    [{ parameters: [] }, "parameters", "parameters is []: must be an object"],
    [
      { parameters: { pulumi_owner: "x" } },
      "parameters",
      'parameters is {"pulumi_owner":"x"}: must not hold pulumi_owner, which this package keeps for itself',
    ],
    [
      { credential: {} },
      "credential",
      "credential is [secret]: must not be empty: leave it out where the model server asks for none",
    ],
    [{ credential: { key: 5 } }, "credential", "credential.key is [secret]: must be text"],
    [{ actions: undefined }, "actions", "actions is missing: must be a list of actions"],
    [{ actions: [] }, "actions", "actions is []: must hold at least one action"],
    [{ actions: [{ ...action, method: "GO" }] }, "actions", 'actions.0.method is "GO": must be GET, POST or PUT'],
    [
      { actions: [{ ...action, url: "ollama:11434/api/chat" }] },
      "actions",
      'actions.0.url is "ollama:11434/api/chat": must begin with http:// or https://, such as http://ollama:11434/api/chat',
    ],
    [
      { actions: [{ ...action, name: "two words" }] },
      "actions",
      'actions.0.name is "two words": must be 1 to 64 letters, digits, _ or -',
    ],
    [
      { clientConfig: { readTimeout: 30 } },
      "clientConfig",
      "clientConfig.readTimeout is not an input. Allowed: maxConnection, connectionTimeoutSeconds, readTimeoutSeconds, maxRetryTimes, retryBackoffPolicy, retryBackoffMilliseconds, retryTimeoutSeconds, skipSslVerification.",
    ],
    [
      { clientConfig: { readTimeoutSeconds: 3e9 } },
      "clientConfig",
      "clientConfig.readTimeoutSeconds is 3000000000: must be 2147483 (24 days) at most",
    ],
    [
      { clientConfig: { maxConnection: Number.NaN } },
      "clientConfig",
      "clientConfig.maxConnection is NaN: must be a whole number",
    ],
    [
      { clientConfig: { maxRetryTimes: -2 } },
      "clientConfig",
      "clientConfig.maxRetryTimes is -2: must be a whole number from -1 (no limit) to 2147483647",
    ],
    [
      { trustedEndpoints: ["^http://ollama:11434/.*$", "^http://(a|b$"] },
      "trustedEndpoints",
      'trustedEndpoints.1 is "^http://(a|b$": must be a regular expression (Unclosed group); trustedEndpointRegex(url) makes one',
    ],
    [
      { actions: [{ ...action, url: "http://my_ollama:11434/api/generate" }] },
      "actions",
      'actions.0.url has the host "my_ollama:11434", which OpenSearch cannot read: letters, digits, hyphens and dots, the last part beginning with a letter, then perhaps a port; or an IP address.',
    ],
    [
      { clientConfig: { readTimeoutSeconds: 0 } },
      "clientConfig",
      "clientConfig.readTimeoutSeconds is 0: must be 1 or more",
    ],
    [
      { clientConfig: { retryBackoffPolicy: "linear" } },
      "clientConfig",
      'clientConfig.retryBackoffPolicy is "linear": must be one of constant, exponential_equal_jitter, exponential_full_jitter',
    ],
    [
      { predictParameters: "prompt" },
      "predictParameters",
      'predictParameters is "prompt": must be a list of parameter names',
    ],
  ])("is refused in the preview: $2", (wrong, property, reason) => {
    expect(failures(connectorLifecycle, right, wrong)).toStrictEqual([{ property, reason }]);
  });

  it("what the lint of its templates finds is told by action and member", () => {
    const actions = [action, { ...action, requestBody: '{ "prompt": "${parameters.question}", "stream": false }' }];
    expect(failures(connectorLifecycle, right, { actions })).toStrictEqual([
      {
        property: "actions",
        reason:
          "actions.1.requestBody uses ${parameters.question}, which neither parameters nor predictParameters holds.",
      },
    ]);
  });
});

describe("SearchIndex", () => {
  const nameRule =
    'must be the name of an index: lower case, none of \\ / * ? " < > | , # : and space, not beginning with _ - or +, 255 bytes at most';

  it.each([
    [{ name: "Articles" }, "name", `name is "Articles": ${nameRule}`],
    [{ name: "_articles" }, "name", `name is "_articles": ${nameRule}`],
    [
      { mappings: [] },
      "mappings",
      'mappings is []: must be an object such as { properties: { title: { type: "text" } } }',
    ],
    [
      { mappings: { properties: { title: "text" } } },
      "mappings",
      'mappings.properties.title is "text": must be an object such as { type: "keyword" }',
    ],
    [
      { mappings: { properties: { part: { properties: { page: { type: 1 } } } } } },
      "mappings",
      "mappings.properties.part.properties.page.type is 1: must be text such as keyword",
    ],
    [
      { mappings: { _meta: { pulumi: 1 } } },
      "mappings",
      'mappings._meta is {"pulumi":1}: must not hold pulumi, which this package keeps for itself',
    ],
    [{ settings: "none" }, "settings", 'settings is "none": must be an object such as { number_of_replicas: 0 }'],
    [{ vector: { dimension: 3 } }, "vector", "vector.field is missing: must be the name of a field"],
    [
      { vector: { field: "v", dimension: 0 } },
      "vector",
      "vector.dimension is 0: must be a whole number from 1 to 16000",
    ],
    [
      { vector: { field: "v", dimension: 3, spaceType: "near" } },
      "vector",
      'vector.spaceType is "near": must be one of cosinesimil, l2, innerproduct',
    ],
    [
      { vector: { field: "v", dimension: 3, space: "l2" } },
      "vector",
      "vector.space is not an input. Allowed: field, dimension, model, spaceType.",
    ],
    [
      { vector: { field: "v", dimension: 3 }, mappings: { properties: { v: { type: "float" } } } },
      "vector",
      'vector.field is "v": mappings.properties already contains it; remove it there.',
    ],
    [{ forceDelete: "yes" }, "forceDelete", 'forceDelete is "yes": must be true or false'],
    [{ copyDocuments: 1 }, "copyDocuments", "copyDocuments is 1: must be true or false"],
  ])("is refused in the preview: $2", (wrong, property, reason) => {
    expect(failures(searchIndexLifecycle, { connection }, wrong)).toStrictEqual([{ property, reason }]);
  });
});

describe("DeployedModel", () => {
  const right = { connection, modelGroupId: "g", connectorId: "c" };

  it.each([
    [{ modelGroupId: undefined }, "modelGroupId", "modelGroupId is missing: must be the id of a ModelGroup"],
    [{ connectorId: "" }, "connectorId", 'connectorId is "": must be the id of a Connector, such as x.id'],
    [{ name: " " }, "name", 'name is " ": must not be empty'],
    [{ isEnabled: "on" }, "isEnabled", 'isEnabled is "on": must be true or false'],
    [
      { rateLimiter: { limit: 10, unit: "WEEKS" } },
      "rateLimiter",
      'rateLimiter.unit is "WEEKS": must be one of DAYS, HOURS, MINUTES, SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS',
    ],
    [{ rateLimiter: { limit: 0, unit: "DAYS" } }, "rateLimiter", "rateLimiter.limit is 0: must be above 0"],
    [{ guardrails: "x" }, "guardrails", 'guardrails is "x": must be an object'],
    [{ probe: true }, "probe", 'probe is true: must be an object such as { parameters: { prompt: "Are you there?" } }'],
    [{ deployed: "no" }, "deployed", 'deployed is "no": must be true or false'],
    [{ forceDelete: 0 }, "forceDelete", "forceDelete is 0: must be true or false"],
  ])("is refused in the preview: $2", (wrong, property, reason) => {
    expect(failures(deployedModelLifecycle, right, wrong)).toStrictEqual([{ property, reason }]);
  });

  it("wants to be deployed unless told otherwise, so that previews name a model found undeployed", () => {
    expect(deployedModelLifecycle.check(right, {}).inputs.deployed).toBe(true);
    expect(deployedModelLifecycle.check({ ...right, deployed: false }, {}).inputs.deployed).toBe(false);
  });
});
