import { describe, expect, it } from "vitest";
import type { ConnectorAction } from "../../../../clients/opensearch/connectors";
import { type Finding, lintAction, placeholders } from "../../../../providers/connector/template";
import { UNKNOWN } from "../../../../providers/shared/unknown";

interface Around {
  parameters?: Record<string, unknown>;
  credential?: Record<string, string>;
  predictParameters?: readonly string[];
  trustedEndpoints?: readonly string[];
}

function findings(action: Partial<ConnectorAction>, around: Around = {}): Finding[] {
  const full = { actionType: "predict", method: "POST", url: "http://ollama:11434/v1/chat/completions", ...action };
  const { parameters = {}, credential = {}, predictParameters, trustedEndpoints } = around;
  return lintAction(full, { parameters, credential, predictParameters, trustedEndpoints });
}

/** Where and in which words; which rule is looked at in a test of its own. */
function lint(action: Partial<ConnectorAction>, around: Around = {}): Omit<Finding, "rule">[] {
  return findings(action, around).map(({ path, message }) => ({ path, message }));
}

const body = (requestBody: string, around?: Around, url?: string) =>
  lint(url === undefined ? { requestBody } : { requestBody, url }, around);

describe("placeholders", () => {
  it("each name is listed once, in order, defaults and other templates aside", () => {
    const template = '{"a": "${parameters.x}", "b": ${parameters.y:-null}, "c": "${parameters.x} ${credential.z}"}';
    expect(placeholders(template)).toStrictEqual(["x", "y"]);
  });
});

describe("placeholders of the request body", () => {
  const chat = '{ "model": "${parameters.model}", "messages": ${parameters.messages} }';

  it("those that parameters or predictParameters hold are fine", () => {
    expect(body(chat, { parameters: { model: "m" }, predictParameters: ["messages"] })).toStrictEqual([]);
  });

  it("one that neither holds is named", () => {
    expect(body(chat, { parameters: { model: "m" }, predictParameters: ["prompt"] })).toStrictEqual([
      {
        path: "requestBody",
        message: "uses ${parameters.messages}, which neither parameters nor predictParameters holds",
      },
    ]);
  });

  it("any may be filled by callers where the program does not say", () => {
    expect(body(chat)).toStrictEqual([]);
  });

  it("one with a default needs no value", () => {
    expect(body('{ "a": "${parameters.a:-none}" }', { predictParameters: [] })).toStrictEqual([]);
  });

  it("nothing is said while predictParameters are not known yet", () => {
    const unknown = UNKNOWN as unknown as readonly string[];
    expect(body(chat, { parameters: { model: "m" }, predictParameters: unknown })).toStrictEqual([]);
    expect(body(chat, { parameters: { model: "m" }, predictParameters: [UNKNOWN] })).toStrictEqual([]);
  });
});

describe("JSON of the request body", () => {
  it.each([
    ["a text without quotes", '{ "prompt": ${parameters.prompt} }', { prompt: "hello" }],
    ["a missing brace", '{ "prompt": "${parameters.prompt}"', {}],
    ["a trailing comma", '{ "prompt": "${parameters.prompt}", }', {}],
    ["a list inside quotes", '{ "messages": "${parameters.messages}" }', { messages: '[{"role": "user"}]' }],
  ])("%s is refused", (_what, requestBody, parameters) => {
    const [finding] = body(requestBody, { parameters });
    expect(finding?.path).toBe("requestBody");
    expect(finding?.message).toMatch(
      /^is not valid JSON once its placeholders are filled \(.+\); put quotes around placeholders of texts, but not around those of lists and objects$/,
    );
  });

  it.each([
    ["a list without quotes", '{ "messages": ${parameters.messages} }', { messages: '[{"role": "user"}]' }],
    ["a number without quotes", '{ "n": ${parameters.n} }', { n: 0.7 }],
    ["an object value without quotes", '{ "options": ${parameters.options} }', { options: { num_predict: 4 } }],
    ["a text that is escaped already", '{ "system": "${parameters.system}" }', { system: 'say \\"hi\\"' }],
    ["an unfilled text in quotes", '{ "prompt": "${parameters.prompt}" }', {}],
    ["an unfilled list without quotes", '{ "messages": ${parameters.messages} }', {}],
    ["a number in quotes", '{ "n": "${parameters.n}" }', { n: 7 }],
  ])("%s is fine", (_what, requestBody, parameters) => {
    expect(body(requestBody, { parameters })).toStrictEqual([]);
  });

  it("an action without a body is fine", () => {
    expect(lint({ method: "GET" })).toStrictEqual([]);
  });

  it("nothing is said while the action or a parameter is not known yet", () => {
    expect(lint({ requestBody: UNKNOWN })).toStrictEqual([]);
    expect(lint({ url: UNKNOWN, requestBody: "{" })).toStrictEqual([]);
    expect(body("{", { parameters: { model: UNKNOWN } })).toStrictEqual([]);
  });
});

describe("streams", () => {
  const finding = { path: "requestBody", message: 'must hold "stream": false, since ML Commons reads only one answer' };

  it.each([
    ["/api/generate", '{ "prompt": "x" }'],
    ["/api/chat", '{ "messages": [], "stream": true }'],
    ["/api/chat", '{ "messages": [], "stream": "false" }'],
  ])("%s with %s is refused", (path, requestBody) => {
    expect(body(requestBody, {}, `http://ollama:11434${path}`)).toStrictEqual([finding]);
  });

  it.each([
    ["/api/generate", '{ "prompt": "x", "stream": false }'],
    ["/api/embed", '{ "input": [] }'],
    ["/v1/chat/completions", '{ "messages": [] }'],
  ])("%s with %s is fine", (path, requestBody) => {
    expect(body(requestBody, {}, `http://ollama:11434${path}`)).toStrictEqual([]);
  });
});

describe("the URL", () => {
  it.each([
    ["${parameters.endpoint}/api/chat", "http://ollama:11434/api/chat", { endpoint: "http://ollama:11434" }],
    ["http://${parameters.host}/api/chat", "http://ollama:11434/api/chat", { host: "ollama:11434" }],
    ["https://${parameters.host}/v1", "https://${parameters.host}/v1", {}],
  ])("%s lets callers choose the host", (url, literal, parameters) => {
    expect(lint({ url }, { parameters })).toStrictEqual([
      {
        path: "url",
        message: `takes its host from a parameter, and callers may override parameters and so redirect the request; write the host literally: ${literal}`,
      },
    ]);
  });

  it.each([
    "http://ollama:${parameters.port}/api/x",
    "http://${parameters.sub}.example.com/x",
    "http://a@${parameters.h}/x",
  ])("%s lets callers choose part of the host", (url) => {
    const [finding] = lint({ url }, { parameters: { port: "1", sub: "a", h: "b" } });
    expect(finding?.message).toMatch(/^takes its host from a parameter/);
  });

  it("a parameter in the path needs a value", () => {
    const url = "http://ollama:11434/v1/${parameters.task}";
    expect(lint({ url }, { parameters: { task: "x" } })).toStrictEqual([]);
    expect(lint({ url })).toStrictEqual([
      { path: "url", message: "uses ${parameters.task}, which parameters does not hold" },
    ]);
  });
});

describe("a default in the URL", () => {
  const url = "https://api.example.com/v1/${parameters.task:-chat}";
  const trustedEndpoints = ["^https://api\\.example\\.com/v1/chat$"];

  it("counts as the server counts it", () => {
    expect(lint({ url }, { trustedEndpoints })).toStrictEqual([]);
    expect(lint({ url }, { parameters: { task: "embed" }, trustedEndpoints })).toStrictEqual([
      {
        path: "url",
        message:
          "https://api.example.com/v1/embed matches none of trustedEndpoints; add ^https://api\\.example\\.com/v1/embed$",
      },
    ]);
  });

  it("may lead to another parameter; inside another placeholder it does not", () => {
    const parameters = { task: "${parameters.kind:-chat}" };
    expect(lint({ url }, { parameters, trustedEndpoints })).toStrictEqual([]);
    const nested = "https://api.example.com/v1/${parameters.a:-${parameters.task}}";
    expect(lint({ url: nested }, { parameters: { task: "chat" } })).toStrictEqual([
      { path: "url", message: 'holds "{", which OpenSearch refuses in a URL: write it percent-encoded' },
    ]);
  });

  it("is no way to choose the host either", () => {
    const [finding] = lint({ url: "http://${parameters.host:-ollama}:11434/v1/chat/completions" });
    expect(finding?.message).toBe(
      "takes its host from a parameter, and callers may override parameters and so redirect the request; write the host literally: http://ollama:11434/v1/chat/completions",
    );
  });

  it.each([
    ["$${parameters.task}", 'holds "{", which OpenSearch refuses in a URL: write it percent-encoded'],
    ["${parameters.loop}", "uses ${parameters.loop}, whose value refers to itself without end"],
    ["${credential.key}", "uses a credential, which the server fills into headers and bodies only"],
    ["a b", 'holds " ", which OpenSearch refuses in a URL: write it percent-encoded'],
    ["a#b", "holds #, and nothing after it is ever sent"],
  ])("with %s the URL could never be called", (rest, message) => {
    const parameters = { task: "chat", loop: "${parameters.loop}" };
    expect(lint({ url: `https://api.example.com/v1/${rest}` }, { parameters })).toStrictEqual([
      { path: "url", message },
    ]);
  });

  it("a key that a parameter brings into the query is not told", () => {
    const secret = { api_key: "s3cr3t-value" };
    const [finding] = lint(
      { url: "https://api.example.com/v1?key=${parameters.api_key}" },
      { parameters: secret, trustedEndpoints: ["^https://other$"] },
    );
    expect(finding?.message).toMatch(/^https:\/\/api\.example\.com\/v1\?key=\$\{parameters\.api_key\} matches none/);
    expect(finding?.message).not.toContain("s3cr3t");
  });
});

describe("trust", () => {
  const url = "https://api.example.com/v1/${parameters.task}";
  const parameters = { task: "chat" };

  it.each([
    [undefined],
    [["^https://other$", "^https://api\\.example\\.com/v1/chat$"]],
    [["https://api.example.com/.*"]],
    [["(?=only Java knows this).*"]],
    [[UNKNOWN]],
  ])("a URL that an entry matches, or may match, is fine: %j", (trustedEndpoints) => {
    expect(lint({ url }, { parameters, trustedEndpoints })).toStrictEqual([]);
  });

  it.each([[[]], [["https://api.example.com"]], [["example"]]])(
    "a URL that no entry matches as a whole is refused: %j",
    (trustedEndpoints) => {
      expect(lint({ url }, { parameters, trustedEndpoints })).toStrictEqual([
        {
          path: "url",
          message:
            "https://api.example.com/v1/chat matches none of trustedEndpoints; add ^https://api\\.example\\.com/v1/chat$",
        },
      ]);
    },
  );

  it("one that is too long for an exact entry is told so", () => {
    const long = `http://h/${"a".repeat(300)}`;
    expect(lint({ url: long }, { trustedEndpoints: [] })).toStrictEqual([
      { path: "url", message: `${long} matches none of trustedEndpoints; it is too long to be trusted exactly` },
    ]);
  });
});

describe("credentials", () => {
  const headers = { Authorization: "Bearer ${credential.api_key}" };

  it("one that credential holds is fine", () => {
    expect(lint({ headers }, { credential: { api_key: "k" } })).toStrictEqual([]);
  });

  it("one that it does not hold is named, in headers and body", () => {
    const requestBody = '{ "key": "${credential.other}" }';
    expect(lint({ headers, requestBody })).toStrictEqual([
      { path: "requestBody", message: "uses ${credential.other}, which credential does not hold" },
      { path: "headers", message: "uses ${credential.api_key}, which credential does not hold" },
    ]);
  });

  it("nothing is said while the credential is not known yet", () => {
    const unknown = UNKNOWN as unknown as Record<string, string>;
    expect(lint({ headers }, { credential: unknown })).toStrictEqual([]);
  });
});

describe("escapes", () => {
  it.each([
    ["quotes", 'say "hi"', '"say \\\\\\"hi\\\\\\""'],
    ["a new line", "one\ntwo", '"one\\\\ntwo"'],
  ])("%s in a connector's own parameter need escaping", (_what, system, written) => {
    expect(body('{ "system": "${parameters.system}" }', { parameters: { system } })).toStrictEqual([
      {
        path: "requestBody",
        message: `puts parameters.system inside quotes unescaped, since the server does not escape a connector's own parameters; write its value as ${written}`,
      },
    ]);
  });

  it("the value it asks for is fine", () => {
    const system = JSON.parse('"say \\\\\\"hi\\\\\\""') as string;
    expect(body('{ "system": "${parameters.system}" }', { parameters: { system } })).toStrictEqual([]);
  });
});

describe("headers", () => {
  const headers = (name: string, value: string) => lint({ headers: { [name]: value } }, { credential: { key: "k" } });

  it.each(["Authorization", "x-api-key", "api_key", "X-Auth-Token", "Cookie"])(
    "a literal secret in %s is named",
    (name) => {
      expect(headers(name, "literal-canary")).toStrictEqual([
        {
          path: `headers.${name}`,
          message:
            "holds a secret in plain text, which everybody who may see the connector can read; put it into credential, such as { key: … }, and write ${credential.key} here",
        },
      ]);
    },
  );

  it.each([
    ["Authorization", "Bearer ${credential.key}"],
    ["x-api-key", "${parameters.key}"],
    ["Content-Type", "application/json"],
    ["Authorization", ""],
  ])("the header %s: %s is fine", (name, value) => {
    expect(headers(name, value)).toStrictEqual([]);
  });
});

describe("a URL with a user or a password", () => {
  it.each(["http://user:pw@ollama:11434/api", "http://:pw@ollama/api", "https://user@ollama/api/${parameters.model}"])(
    "%s is refused",
    (url) => {
      expect(lint({ url }, { parameters: { model: "m" } })).toStrictEqual([
        {
          path: "url",
          message: "holds a user or a password; put them into credential and send them in the header Authorization",
        },
      ]);
    },
  );
});

describe("a finding names its rule", () => {
  const generate = "http://ollama:11434/api/generate";

  it.each([
    ["endless-parameter", { url: "http://ollama/${parameters.a}" }, { parameters: { a: "${parameters.a}" } }],
    ["host-from-parameter", { url: "http://${parameters.host}/api" }, {}],
    ["user-in-url", { url: "http://user:pw@ollama/api" }, {}],
    ["credential-in-url", { url: "http://ollama/${credential.key}" }, {}],
    ["parameter-not-filled", { url: "http://ollama/${parameters.model}" }, {}],
    ["url-not-callable", { url: "http://my_host/api" }, {}],
    ["url-not-trusted", { url: generate }, { trustedEndpoints: ["^https://other$"] }],
    ["credential-not-given", { headers: { "X-Key": "${credential.key}" } }, {}],
    ["secret-in-header", { headers: { Authorization: "Bearer abc" } }, {}],
    ["body-not-json", { requestBody: "{" }, {}],
    ["answer-streams", { url: generate, requestBody: "{}" }, {}],
    ["parameter-not-escaped", { requestBody: '{ "a": "${parameters.a}" }' }, { parameters: { a: "\n" } }],
  ] as const)("%s", (rule, action: Partial<ConnectorAction>, around: Around) => {
    expect(findings(action, around).map((finding) => finding.rule)).toStrictEqual([rule]);
  });
});
