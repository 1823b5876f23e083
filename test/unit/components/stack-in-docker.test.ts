import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import {
  COMPONENT,
  DOCKER,
  ML_OBJECTS,
  OLLAMA_PARTS,
  OPENSEARCH_PARTS,
  OURS,
  PASSWORD,
  PREDICT_USER,
  type Stack,
  stackOf,
} from "./stack-support";

describe("both servers in Docker", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await stackOf({ opensearch: { adminPassword: pulumi.secret(PASSWORD) } });
  });

  it("registers exactly these children, each under the component", () => {
    expect(stack.types).toStrictEqual({
      ...COMPONENT,
      ...OLLAMA_PARTS,
      ...OPENSEARCH_PARTS,
      ...ML_OBJECTS,
      ...PREDICT_USER,
    });
    for (const { name, parent } of stack.resources.values()) expect(parent).toBe(name === "chat" ? "" : "chat");
  });

  it("Docker objects carry the stack's name and label", () => {
    const label = { label: "pulumi-ollama-chat.stack", value: "project/dev" };
    const backend = { label: "pulumi-ollama-chat.backend", value: expect.stringMatching(/^[0-9a-f]{8}$/) };
    for (const [name, dockerName] of [
      ["chat-network", "project-dev-chat-network"],
      ["chat-ollama-volume", "project-dev-chat-ollama"],
      ["chat-opensearch-volume", "project-dev-chat-opensearch"],
      ["chat-ollama", "project-dev-chat-ollama"],
      ["chat-opensearch", "project-dev-chat-opensearch"],
    ] as const) {
      const labels = name.endsWith("-volume") ? [label, backend] : [label];
      expect(stack.of(name).inputs).toMatchObject({ name: dockerName, labels });
    }
  });

  it("two stacks on one Docker host share no name", async () => {
    const other = await stackOf({ opensearch: { adminPassword: PASSWORD } }, "prod");
    const names = ({ resources }: Stack) =>
      [...resources.values()]
        .filter(({ type }) => DOCKER.test(type) && !type.includes("RemoteImage"))
        .map(({ type, inputs }) => `${type} ${inputs.name}`);
    expect(names(other).filter((name) => names(stack).includes(name))).toStrictEqual([]);
  });

  it("images are pinned, pulled only where missing, and stay", () => {
    expect(stack.of("chat-ollama-image").inputs).toStrictEqual({ name: "ollama/ollama:0.17.4", keepLocally: true });
    expect(stack.of("chat-opensearch-image").inputs).toStrictEqual({
      name: "opensearchproject/opensearch:3.6.0",
      keepLocally: true,
    });
  });

  it("Ollama's container speaks to no cloud and is reached on this machine only", () => {
    expect(stack.of("chat-ollama").inputs).toStrictEqual({
      name: "project-dev-chat-ollama",
      image: "sha256:image",
      envs: ["OLLAMA_NO_CLOUD=1"],
      networkMode: "bridge",
      networksAdvanced: [{ name: "project-dev-chat-network", aliases: ["ollama"] }],
      volumes: [{ volumeName: "project-dev-chat-ollama", containerPath: "/root/.ollama" }],
      ports: [{ internal: 11434, external: 11434, ip: "127.0.0.1" }],
      labels: [{ label: "pulumi-ollama-chat.stack", value: "project/dev" }],
      healthcheck: expect.objectContaining({ tests: ["CMD", "ollama", "list"] }),
      restart: "unless-stopped",
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      capabilities: { drops: ["ALL"], adds: [] },
      readOnly: true,
      tmpfs: { "/tmp": "rw,exec,nosuid,nodev" },
    });
  });

  it("each container is waited for by its id, and starts again after the machine does", () => {
    expect(stack.of("chat-opensearch-health").inputs).toMatchObject({
      containerId: "chat-opensearch-id",
      endpoint: "https://localhost:9200",
      timeouts: { createSeconds: 300, updateSeconds: 300 },
    });
    expect(stack.of("chat-ollama-health").inputs).toMatchObject({
      containerId: "chat-ollama-id",
      endpoint: "http://localhost:11434",
      timeouts: { createSeconds: 120, updateSeconds: 120 },
    });
    for (const name of ["chat-opensearch", "chat-ollama"]) {
      expect(stack.of(name).inputs).toMatchObject({ restart: "unless-stopped" });
      expect(stack.of(name).inputs).not.toHaveProperty("wait");
    }
  });

  it("the chat model is loaded while OpenSearch boots, as its questions will need it", () => {
    expect(stack.of("chat-ollama-model").inputs).toMatchObject({ warmUp: true });
  });

  it("OpenSearch's container has TLS of our own authority, and a password that is a secret", () => {
    const { inputs } = stack.of("chat-opensearch");
    const tls = (layer: string) => [
      `plugins.security.ssl.${layer}.pemcert_filepath=certs/node.pem`,
      `plugins.security.ssl.${layer}.pemkey_filepath=certs/node.key`,
      `plugins.security.ssl.${layer}.pemtrustedcas_filepath=certs/ca.pem`,
    ];
    expect(inputs).toMatchObject({
      ports: [{ internal: 9200, external: 9200, ip: "127.0.0.1" }],
      networksAdvanced: [{ name: "project-dev-chat-network", aliases: ["opensearch"] }],
      volumes: [{ volumeName: "project-dev-chat-opensearch", containerPath: "/usr/share/opensearch/data" }],
    });
    expect(inputs).not.toHaveProperty("hosts");
    expect(inputs.envs).toStrictEqual({
      secret: [
        "discovery.type=single-node",
        "OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g",
        expect.stringMatching(/^OPENSEARCH_INITIAL_ADMIN_PASSWORD=[\w-]{43}-aA0$/),
        "plugins.security.ssl.http.enabled=true",
        ...tls("http"),
        ...tls("transport"),
        "plugins.security.nodes_dn=CN=ollama-chat-opensearch",
        "plugins.security.authcz.admin_dn=CN=ollama-chat-administrator",
      ],
    });
    expect(stack.of("chat-tls").inputs).toMatchObject({
      commonName: "ollama-chat-opensearch",
      dnsNames: ["localhost", "opensearch"],
      ipAddresses: ["127.0.0.1"],
    });
  });

  it("the node's key reaches the container as a secret, readable by its user alone", () => {
    const { uploads } = stack.of("chat-opensearch").inputs;
    const text = JSON.stringify(uploads);
    expect(text).toContain('"content":{"secret":"NODE KEY"}');
    expect(text.match(/"permissions":"0400"/g)).toHaveLength(3);
  });

  it("the two servers and the pull wait for nothing of each other", () => {
    const { of } = stack;
    expect(of("chat-ollama").dependencies).toStrictEqual(["chat-network", "chat-ollama-image", "chat-ollama-volume"]);
    expect(of("chat-opensearch").dependencies).toStrictEqual([
      "chat-network",
      "chat-opensearch-image",
      "chat-opensearch-volume",
      "chat-tls",
    ]);
    expect(of("chat-ollama-health").dependencies).toStrictEqual(["chat-ollama"]);
    expect(of("chat-opensearch-health").dependencies).toStrictEqual(["chat-opensearch"]);
    expect(of("chat-ollama-model").dependencies).toStrictEqual(["chat-ollama-health"]);
    expect(of("chat-tls").dependencies).toStrictEqual([]);
  });

  it("objects of ML Commons wait for the cluster, the connector for its settings, the model for all it needs", () => {
    const { of } = stack;
    expect(of("chat-settings").dependencies).toEqual(expect.arrayContaining(["chat-opensearch-health"]));
    expect(of("chat-group").dependencies).toEqual(expect.arrayContaining(["chat-opensearch-health"]));
    expect(of("chat-connector").dependencies).toEqual(
      expect.arrayContaining(["chat-opensearch-health", "chat-settings"]),
    );
    expect(of("chat-model").dependencies).toEqual(
      expect.arrayContaining(["chat-connector", "chat-group", "chat-ollama-model", "chat-opensearch-health"]),
    );
    for (const name of ["chat-settings", "chat-group", "chat-connector"]) {
      expect(of(name).dependencies).not.toContain("chat-ollama-model");
    }
  });

  it("the cluster trusts exactly the connector's URL, and lets it be private", () => {
    expect(stack.of("chat-settings").inputs).toMatchObject({
      mode: "contribute",
      settings: {
        "plugins.ml_commons.trusted_connector_endpoints_regex": ["^http://ollama:11434/api/generate$"],
        "plugins.ml_commons.connector.private_ip_enabled": true,
      },
      whenKnown: {
        "plugins.ml_commons.trusted_connector_private_endpoints_regex": ["^http://ollama:11434/api/generate$"],
      },
    });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://ollama:11434/api/generate" }],
      parameters: { model: "smollm2:135m" },
      clientConfig: { readTimeoutSeconds: 300 },
    });
  });

  it("the model is wired by ids and the settings' revision", () => {
    expect(stack.of("chat-model").inputs).toMatchObject({
      modelGroupId: "chat-group-id",
      connectorId: "chat-connector-id",
      settingsRevision: "r1",
      timeouts: { createSeconds: 300 },
    });
    expect(stack.of("chat-ollama-model").inputs).toMatchObject({
      endpoint: "http://localhost:11434",
      model: "smollm2:135m",
      timeouts: { createSeconds: 1800 },
    });
  });

  it("a user of its own may ask the models and nothing else, and goes with the cluster whoever has its role", () => {
    expect(stack.of("chat-predict-role").inputs).toMatchObject({
      clusterPermissions: ["cluster:admin/opensearch/ml/predict"],
      forceDelete: true,
    });
    const { inputs, additionalSecretOutputs, dependencies } = stack.of("chat-predict-user");
    expect(inputs).toMatchObject({ securityRoles: ["chat-predict-role-id"] });
    expect(inputs).not.toHaveProperty("password");
    expect(additionalSecretOutputs).toContain("password");
    expect(dependencies).toContain("chat-opensearch-health");
  });

  it("without that user, if it is not wanted", async () => {
    const { types, outputs } = await stackOf({ opensearch: { adminPassword: PASSWORD, predictUser: false } });
    expect(Object.keys(types).filter((name) => name.includes("predict"))).toEqual([]);
    expect(outputs).toMatchObject({ predictUsername: "", predictPassword: "" });
  });

  it("of the connection the password alone is a secret", () => {
    for (const name of ["chat-settings", "chat-group", "chat-connector", "chat-model"]) {
      expect(stack.of(name).inputs.connection).toStrictEqual({
        endpoint: "https://localhost:9200",
        username: "admin",
        password: { secret: PASSWORD },
        caCertificate: "CA PEM",
      });
    }
  });

  it("no input holds the password in the clear", () => {
    for (const { inputs } of stack.resources.values()) {
      expect(JSON.stringify(withoutSecrets(inputs))).not.toContain(PASSWORD);
    }
  });

  it("each of our resources knows its own URN, and brings the frozen text", () => {
    for (const { name, type, inputs } of stack.resources.values()) {
      if (!type.startsWith(OURS)) continue;
      expect(inputs.owner).toBe(`urn:pulumi:dev::project::ollamachat:index:OllamaChatStack$${type}::${name}`);
      expect(inputs.__provider).toMatch(
        /^exports\.handler = \(\) => require\("pulumi-ollama-chat\/provider\/[a-z-]+"\);$/,
      );
    }
  });

  it("containers are replaced the old one first, since name and port are fixed", () => {
    for (const name of ["chat-ollama", "chat-opensearch"]) {
      expect(stack.of(name)).toMatchObject({ deleteBeforeReplace: true, replaceOnChanges: ["healthcheck"] });
    }
    expect(stack.of("chat-connector").deleteBeforeReplace).toBe(false);
    expect(stack.of("chat-model").deleteBeforeReplace).toBe(true);
  });

  it("the outputs are flat, and by alias for each model; the passwords alone are secrets", () => {
    expect(stack.outputs).toStrictEqual({
      opensearchEndpoint: "https://localhost:9200",
      opensearchEndpoints: ["https://localhost:9200"],
      opensearchUsername: "admin",
      opensearchPassword: PASSWORD,
      predictUsername: "chat-predict-user-id",
      predictPassword: "made",
      opensearchCaCertificate: "CA PEM",
      ollamaEndpoint: "http://localhost:11434",
      chatModel: "smollm2:135m",
      api: "generate",
      modelGroupId: "chat-group-id",
      connectorId: "chat-connector-id",
      modelId: "chat-model-id",
      predictUrl: "https://localhost:9200/_plugins/_ml/models/chat-model-id/_predict",
      chatModels: { "smollm2:135m": "smollm2:135m" },
      apis: { "smollm2:135m": "generate" },
      connectorIds: { "smollm2:135m": "chat-connector-id" },
      modelIds: { "smollm2:135m": "chat-model-id" },
      predictUrls: { "smollm2:135m": "https://localhost:9200/_plugins/_ml/models/chat-model-id/_predict" },
    });
    expect(stack.secretOutputs).toStrictEqual(["opensearchPassword", "predictPassword"]);
  });
});

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secret" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]));
}
