import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig, readRagConfig } from "../../../program/config";
import { repository } from "../../support/documents/document";

const PASSWORD = "Str0ng-Passw0rd";

/** The stack's configuration as the engine hands it to a program: every value is text. */
function configured(values: Record<string, string>): ReturnType<typeof readConfig> {
  const entries = Object.entries(values).map(([key, value]) => [`project:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries), ["project:opensearchPassword"]);
  return readConfig();
}

const RIGHT = { model: "smollm2:135m", opensearchPassword: PASSWORD };

afterEach(() => {
  pulumi.runtime.setAllConfig({});
});

function failureOf(values: Record<string, string>): unknown {
  try {
    configured(values);
  } catch (error) {
    return error;
  }
  return expect.unreachable("this configuration should have been refused");
}

describe("a configuration that is right", () => {
  it("starts both servers with little said, the password a secret", async () => {
    const { opensearch, ...args } = configured(RIGHT);
    const { adminPassword, ...others } = opensearch ?? {};
    expect(args).toMatchObject({ model: "smollm2:135m", ollama: {} });
    expect(others.existing).toBeUndefined();
    expect(args.ollama?.existing).toBeUndefined();
    expect(await pulumi.isSecret(pulumi.output(adminPassword))).toBe(true);
  });

  it("all defaults of Pulumi.yaml, as the engine hands them over, say the same as nothing", () => {
    const { config } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as {
      config: Record<string, { default: unknown }>;
    };
    const texts = Object.entries(config).map(([key, { default: value }]): [string, string] => [
      key,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]);
    const { adminPassword: _p, ...opensearch } =
      configured({ ...Object.fromEntries(texts), ...RIGHT }).opensearch ?? {};
    const { ollama } = configured({ ...Object.fromEntries(texts), ...RIGHT });
    expect([opensearch.existing, ollama?.existing, ollama?.replicas]).toEqual([undefined, undefined, undefined]);
    expect(opensearch.image).toBe("opensearchproject/opensearch:3.6.0");
  });

  it("every key reaches its argument", async () => {
    const args = configured({
      ...RIGHT,
      models: '["a:1"]',
      api: "chat",
      modelOptions: '{"num_predict": 7}',
      readTimeoutSeconds: "60",
      publishAddress: "0.0.0.0",
      hostname: "chat.example.com",
      opensearchHostname: "10.0.0.5",
      opensearchPublishAddress: "10.0.0.5",
      ollamaHostname: "gpu-box",
      ollamaPublishAddress: "127.0.0.1",
      opensearchImage: "my/opensearch:1",
      opensearchPort: "9201",
      opensearchNodes: "3",
      opensearchHeap: "2g",
      opensearchRetainData: "true",
      opensearchPredictUser: "false",
      opensearchMemory: "4g",
      opensearchCpus: "1.5",
      opensearchLog: '{"driver": "local"}',
      opensearchRestart: "always",
      opensearchVolume: "documents",
      ollamaImage: "my/ollama:1",
      ollamaPort: "11435",
      ollamaGpus: "all",
      ollamaKeepAlive: "-1",
      ollamaRetainModels: "true",
      ollamaMemory: "8g",
      ollamaCpus: "2",
      ollamaLog: '{"options": {"max-size": "1m"}}',
      ollamaRestart: "on-failure:3",
      ollamaReadOnlyRoot: "false",
      ollamaVolume: "models",
      ollamaReplicas: "3",
      ollamaProxyImage: "my/haproxy:3",
      ollamaEndpointForOpensearch: "http://gpu-box:11434",
    });
    const { adminPassword: _p, ...opensearch } = args.opensearch ?? {};
    expect({ ...args, opensearch }).toStrictEqual({
      model: "smollm2:135m",
      models: ["a:1"],
      api: "chat",
      modelOptions: { num_predict: 7 },
      readTimeoutSeconds: 60,
      publishAddress: "0.0.0.0",
      hostname: "chat.example.com",
      opensearch: {
        existing: undefined,
        docker: undefined,
        hostname: "10.0.0.5",
        publishAddress: "10.0.0.5",
        image: "my/opensearch:1",
        port: 9201,
        nodes: 3,
        heap: "2g",
        retainData: true,
        predictUser: false,
        memory: "4g",
        cpus: 1.5,
        log: { driver: "local" },
        restart: "always",
        volume: "documents",
      },
      ollama: {
        existing: undefined,
        docker: undefined,
        hostname: "gpu-box",
        publishAddress: "127.0.0.1",
        replicas: 3,
        proxyImage: "my/haproxy:3",
        endpointForOpenSearch: "http://gpu-box:11434",
        image: "my/ollama:1",
        port: 11435,
        gpus: "all",
        keepAlive: "-1",
        retainModels: true,
        memory: "8g",
        cpus: 2,
        log: { options: { "max-size": "1m" } },
        restart: "on-failure:3",
        readOnlyRoot: false,
        volume: "models",
      },
    });
  });

  it("servers that exist are used, and then no admin password is asked for", async () => {
    const args = configured({
      model: "m",
      opensearchEndpoint: "https://search.example.com:9200",
      opensearchUsername: "ops",
      opensearchPassword: "short",
      opensearchCaCertificateFile: "/etc/ca.pem",
      opensearchSkipTlsVerify: "true",
      ollamaEndpoint: "http://localhost:11434",
    });
    expect(args.opensearch?.adminPassword).toBeUndefined();
    const { password, ...existing } = args.opensearch?.existing ?? { endpoint: "" };
    expect(existing).toStrictEqual({
      endpoint: "https://search.example.com:9200",
      username: "ops",
      caCertificateFile: "/etc/ca.pem",
      skipTlsVerify: true,
    });
    expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
    expect(args.ollama?.existing).toStrictEqual({ endpoint: "http://localhost:11434" });
  });

  it("what stands before them gets its secrets: Ollama's gateway, and AWS", async () => {
    const args = configured({
      model: "m",
      opensearchEndpoint: "https://search.example.com",
      opensearchAwsRegion: "eu-central-1",
      opensearchAwsService: "aoss",
      opensearchAwsAccessKeyId: "AKID",
      opensearchAwsSecretAccessKey: "aws-secret",
      opensearchAwsSessionToken: "aws-token",
      ollamaEndpoint: "https://gw.example.com/ollama",
      ollamaToken: "t",
      ollamaUsername: "ada",
      ollamaPassword: "p",
      ollamaHeaders: '{"X-Team": "a"}',
    });
    const { aws } = args.opensearch?.existing ?? {};
    const { secretAccessKey, sessionToken, ...plain } = aws ?? {};
    expect(plain).toStrictEqual({ region: "eu-central-1", service: "aoss", accessKeyId: "AKID" });
    const { token, password, ...auth } = args.ollama?.existing?.auth ?? {};
    expect(auth).toStrictEqual({ username: "ada", headers: { "X-Team": "a" } });
    const secrets = [secretAccessKey, sessionToken, token, password].map((one) => pulumi.isSecret(pulumi.output(one)));
    expect(await Promise.all(secrets)).toEqual([true, true, true, true]);
  });

  it("several Ollamas that exist are a list; beside one, the component refuses them", () => {
    const endpoints = ["http://a:11434", "http://b:11434"];
    const several = { ...RIGHT, ollamaEndpoints: JSON.stringify(endpoints) };
    expect(configured(several).ollama?.existing).toStrictEqual({ endpoints });
    const both = { ...several, ollamaEndpoint: "http://c:11434" };
    expect(configured(both).ollama?.existing).toStrictEqual({ endpoints, endpoint: "http://c:11434" });
  });

  it("a cluster without security needs neither user nor password", () => {
    const args = configured({ model: "m", opensearchEndpoint: "http://localhost:9200" });
    expect(args.opensearch?.existing).toStrictEqual({
      endpoint: "http://localhost:9200",
      username: undefined,
      password: undefined,
      caCertificateFile: undefined,
      skipTlsVerify: undefined,
    });
  });

  it("an empty text is as good as none", () => {
    const args = configured({ ...RIGHT, api: "", opensearchEndpoint: "", ollamaEndpoint: "", ollamaGpus: "" });
    expect(args).toMatchObject({ model: "smollm2:135m" });
    expect(args.api).toBeUndefined();
    expect(args.ollama?.gpus).toBeUndefined();
  });
});

const endpointRule =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";
const weak = (reason: string) =>
  `opensearchPassword can't be used: it has ${reason}. It must have 8 to 100 ASCII characters, with upper and lower case, a digit and a special character, and be hard to guess, or OpenSearch refuses it or lets nobody in.`;

describe("a wrong configuration", () => {
  it.each<readonly [Record<string, string>, string]>([
    [
      { ...RIGHT, model: "" },
      'model is "": must be a model\'s name, such as smollm2:135m or host:5000/namespace/name:tag',
    ],
    [
      { opensearchPassword: PASSWORD },
      "model is missing: must be a model's name, such as smollm2:135m or host:5000/namespace/name:tag",
    ],
    [
      { ...RIGHT, opensearchEndpoint: "localhost:9200" },
      `opensearchEndpoint is "localhost:9200": must begin with http:// or https://, as in http://localhost:9200`,
    ],
    [
      { ...RIGHT, ollamaEndpoint: "http://localhost:11434/api" },
      'ollamaEndpoint is "http://localhost:11434/api": must be the server\'s address alone, without /api, which is added to each request',
    ],
    [
      { ...RIGHT, ollamaToken: "t" },
      "ollamaToken is set: needs ollamaEndpoint, since only a server that runs already asks for it",
    ],
    [
      { ...RIGHT, opensearchAwsRegion: "eu-central-1" },
      "opensearchAwsRegion is set: needs opensearchEndpoint, since only a server that runs already asks for it",
    ],
    [{ ...RIGHT, ollamaEndpointForOpensearch: "gpu-box" }, `ollamaEndpointForOpensearch is "gpu-box": ${endpointRule}`],
    [
      { model: "m" },
      "opensearchPassword is missing: the password for OpenSearch's user admin. Set it with\n  pulumi config set --secret opensearchPassword 'Your-0wn-Passw0rd'",
    ],
    [
      { model: "m", opensearchEndpoint: "https://h:9200", opensearchUsername: "ops" },
      "opensearchPassword is missing: the password of the user ops on https://h:9200. Set it with\n  pulumi config set --secret opensearchPassword 'Your-0wn-Passw0rd'",
    ],
    [
      { model: "m", opensearchEndpoint: "https://h:9200", opensearchUsername: "ops", opensearchPassword: "" },
      "opensearchPassword is missing: the password of the user ops on https://h:9200. Set it with\n  pulumi config set --secret opensearchPassword 'Your-0wn-Passw0rd'",
    ],
    [{ model: "m", opensearchPassword: "Sh0rt-1" }, weak("fewer than 8 characters")],
    [{ model: "m", opensearchPassword: "lower-case-0nly" }, weak("no upper-case letter")],
  ])("is refused: $1", (values, message) => {
    const failure = failureOf(values);
    expect(failure).toHaveProperty("message", message);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
  });

  it.each([
    [{ ...RIGHT, opensearchPort: "abc" }, "opensearchPort", "abc"],
    [{ ...RIGHT, opensearchPort: "9200 or so" }, "opensearchPort", "9200 or so"],
    [{ ...RIGHT, ollamaPort: "1,000" }, "ollamaPort", "1,000"],
    [{ ...RIGHT, ollamaPort: "0x50" }, "ollamaPort", "0x50"],
    [{ ...RIGHT, ollamaPort: "1e99" }, "ollamaPort", "1e99"],
    [{ ...RIGHT, readTimeoutSeconds: "Infinity" }, "readTimeoutSeconds", "Infinity"],
    [{ ...RIGHT, opensearchRetainData: "maybe" }, "opensearchRetainData", "maybe"],
    [{ ...RIGHT, models: "[" }, "models", "["],
    [{ ...RIGHT, opensearchCpus: "two" }, "opensearchCpus", "two"],
    [{ ...RIGHT, ollamaReadOnlyRoot: "maybe" }, "ollamaReadOnlyRoot", "maybe"],
  ])("a value of the wrong kind is refused with key and value, and without a stack: $1 = $2", (values, key, value) => {
    const failure = failureOf(values);
    expect(failure).toHaveProperty("message", expect.stringContaining(`project:${key}`));
    expect(failure).toHaveProperty("message", expect.stringContaining(value));
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
  });

  it.each([
    [
      { ...RIGHT, opensearchEndpoint: "https://u:hunter2@host/x?" },
      `opensearchEndpoint is "https://[secret]@host/x?": ${endpointRule}`,
    ],
    [{ ...RIGHT, ollamaEndpoint: "u:hun ter2@host" }, `ollamaEndpoint is "[secret]@host": ${endpointRule}`],
    [
      { ...RIGHT, opensearchEndpoint: "https://h:9200", opensearchUsername: "u:hunter2" },
      'opensearchUsername is "u:[secret]": must be the user alone, without a colon; the password is a separate input',
    ],
  ])("is refused without the password in it: $1", (values, message) => {
    expect(failureOf(values)).toHaveProperty("message", message);
  });

  it("a password is never shown", () => {
    expect(JSON.stringify(failureOf({ model: "m", opensearchPassword: "hunter2" }), ["message"])).not.toContain(
      "hunter2",
    );
  });
});

describe("retrieval", () => {
  const ragOf = (values: Record<string, string>) => {
    configured({ ...RIGHT, ...values });
    return readRagConfig();
  };

  it("is made only where the configuration says so", () => {
    expect(ragOf({})).toBeUndefined();
    expect(ragOf({ rag: "false", embeddingModel: "all-minilm" })).toBeUndefined();
    expect(ragOf({ rag: "true" })).toStrictEqual({ embeddingModel: undefined, dimension: undefined });
  });

  it("takes model and dimension, of which empty and 0 are as good as none", () => {
    const named = { rag: "true", embeddingModel: "my/own:1", embeddingDimension: "5" };
    expect(ragOf(named)).toStrictEqual({ embeddingModel: "my/own:1", dimension: 5 });
    const empty = { rag: "true", embeddingModel: "", embeddingDimension: "0" };
    expect(ragOf(empty)).toStrictEqual({ embeddingModel: undefined, dimension: undefined });
  });
});
