import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { OllamaArgs } from "../../../components/args";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { OllamaRagStack } from "../../../components/ollama-rag-stack";
import { registeredBy } from "./mock-engine";
import { COMPONENT, EXISTING, ML_OBJECTS, OLLAMA_PARTS, OURS, PASSWORD, type Stack, stackOf } from "./stack-support";

const opensearch = { existing: EXISTING };
const CONTAINER = "docker:index/container:Container";
const VOLUME = "docker:index/volume:Volume";

const configOf = (stack: Stack) => {
  const [upload] = stack.of("chat-ollama").inputs.uploads as { file: string; content: string }[];
  expect(upload?.file).toBe("/usr/local/etc/haproxy/haproxy.cfg");
  return upload?.content ?? "";
};
/** The servers among which questions are spread. */
const serversIn = (config: string) =>
  [...config.slice(config.indexOf("backend all")).matchAll(/^ {2}server (\S+) (\S+) check/gm)].map(([, name, at]) => [
    name,
    at,
  ]);

describe("several Ollamas in Docker", () => {
  it("stand behind a proxy that has the name, port and alias of one, which the last volume stays with", async () => {
    const stack = await stackOf({ opensearch, ollama: { replicas: 3, port: 11500, image: "my/ollama:1" } });
    expect(stack.types).toStrictEqual({
      ...COMPONENT,
      ...OLLAMA_PARTS,
      ...ML_OBJECTS,
      "chat-ollama-proxy-image": "docker:index/remoteImage:RemoteImage",
      ...Object.fromEntries([1, 2, 3].map((i) => [`chat-ollama-${i}`, CONTAINER])),
      ...Object.fromEntries([1, 2, 3].map((i) => [`chat-ollama-${i}-health`, `${OURS}ContainerHealth`])),
      ...Object.fromEntries([2, 3].map((i) => [`chat-ollama-${i}-volume`, VOLUME])),
      ...Object.fromEntries([2, 3].map((i) => [`chat-ollama-${i}-model`, `${OURS}OllamaModel`])),
    });
    expect(stack.of("chat-ollama").inputs).toMatchObject({
      name: "project-dev-chat-ollama",
      ports: [{ internal: 11434, external: 11500, ip: "127.0.0.1" }],
      networksAdvanced: [{ aliases: ["ollama"] }],
    });
    expect(stack.of("chat-ollama-proxy-image").inputs.name).toBe("haproxy:3.2.4");
    expect(serversIn(configOf(stack))).toEqual([
      ["replica-1", "ollama-1:11434"],
      ["replica-2", "ollama-2:11434"],
      ["replica-3", "ollama-3:11434"],
    ]);
    for (const i of [1, 2, 3]) {
      const { inputs } = stack.of(`chat-ollama-${i}`);
      expect(inputs).toMatchObject({ networksAdvanced: [{ aliases: [`ollama-${i}`] }] });
      expect(inputs).not.toHaveProperty("ports");
      expect(stack.of("chat-ollama").dependencies).toContain(`chat-ollama-${i}`);
    }
    expect(stack.of("chat-ollama-1").dependencies).toContain("chat-ollama-volume");
    expect(stack.of("chat-ollama-2").dependencies).toContain("chat-ollama-2-volume");
  });

  it("have one endpoint for this machine and OpenSearch, and models pulled and warmed on each by a path of its own", async () => {
    const stack = await stackOf({
      opensearch: { adminPassword: pulumi.secret(PASSWORD) },
      ollama: { replicas: 2 },
      models: ["a:1", { name: "b:1", deploy: false }],
    });
    expect(stack.outputs.ollamaEndpoint).toBe("http://localhost:11434");
    expect(stack.of("chat-connector").inputs.actions).toMatchObject([{ url: "http://ollama:11434/api/generate" }]);
    const pulled = ["chat-ollama-model", "chat-ollama-2-model", "chat-ollama-model-b:1", "chat-ollama-2-model-b:1"];
    const told = pulled.map((name) => {
      const { endpoint, model, warmUp = false } = stack.of(name).inputs;
      return [endpoint, model, warmUp];
    });
    expect(told).toEqual([
      ["http://localhost:11434/replica-1", "a:1", true],
      ["http://localhost:11434/replica-2", "a:1", true],
      ["http://localhost:11434/replica-1", "b:1", false],
      ["http://localhost:11434/replica-2", "b:1", false],
    ]);
    expect(stack.of("chat-ollama-2-model").dependencies).toEqual(["chat-ollama-2-health", "chat-ollama-health"]);
    expect(stack.of("chat-model").dependencies).toEqual(
      expect.arrayContaining(["chat-ollama-model", "chat-ollama-2-model"]),
    );
  });

  it("make vectors for a retrieval stack, whose model is pulled on each", async () => {
    const made = await registeredBy(() => {
      const chat = new OllamaChatStack("chat", { opensearch, ollama: { replicas: 2 } });
      return new OllamaRagStack("rag", { chat });
    });
    const names = ["rag-embedding-model", "rag-ollama-2-embedding-model"];
    expect(names.map((name) => made.resources.get(name)?.inputs.endpoint)).toEqual([
      "http://localhost:11434/replica-1",
      "http://localhost:11434/replica-2",
    ]);
    expect(made.resources.get("rag-model")?.dependencies).toEqual(expect.arrayContaining(names));
  });

  it.each([undefined, 1])("one, as replicas %s, is what it was without the argument", async (replicas) => {
    const [stack, plain] = [await stackOf({ opensearch, ollama: { replicas } }), await stackOf({ opensearch })];
    expect([...stack.resources.values()]).toStrictEqual([...plain.resources.values()]);
  });

  it("keep their models in a volume of the given name, and further ones with a number behind it", async () => {
    const stack = await stackOf({ opensearch, ollama: { replicas: 2, volume: "models" } });
    const names = ["chat-ollama-volume", "chat-ollama-2-volume"].map((name) => stack.of(name).inputs.name);
    expect(names).toEqual(["models", "models-2"]);
  });

  it("can be changed by a hook each, and so can the proxy", async () => {
    const stack = await stackOf({
      opensearch,
      ollama: { replicas: 2, proxyImage: "my/haproxy:3" },
      transform: {
        ollamaContainer: (args) => ({ ...args, memory: 512 }),
        ollamaProxyContainer: (args) => ({ ...args, memory: 64 }),
      },
    });
    const memory = ["chat-ollama", "chat-ollama-1", "chat-ollama-2"].map((name) => stack.of(name).inputs.memory);
    expect(memory).toEqual([64, 512, 512]);
    expect(stack.of("chat-ollama-proxy-image").inputs.name).toBe("my/haproxy:3");
  });
});

describe("several Ollamas that exist", () => {
  const endpoints = ["http://gpu-1:11434", pulumi.output("http://10.0.0.2"), "http://localhost:11435"];

  it("stand behind a proxy of the stack, which reaches this machine by its gateway; models are pulled on each", async () => {
    const stack = await stackOf({ opensearch, ollama: { existing: { endpoints } } });
    expect(stack.types).toStrictEqual({
      ...COMPONENT,
      ...ML_OBJECTS,
      "chat-network": "docker:index/network:Network",
      "chat-ollama": CONTAINER,
      "chat-ollama-proxy-image": "docker:index/remoteImage:RemoteImage",
      "chat-ollama-health": `${OURS}ContainerHealth`,
      "chat-ollama-2-model": `${OURS}OllamaModel`,
      "chat-ollama-3-model": `${OURS}OllamaModel`,
    });
    expect(serversIn(configOf(stack))).toEqual([
      ["replica-1", "gpu-1:11434"],
      ["replica-2", "10.0.0.2:80"],
      ["replica-3", "host.docker.internal:11435"],
    ]);
    expect(stack.of("chat-ollama").inputs.hosts).toEqual([{ host: "host.docker.internal", ip: "host-gateway" }]);
    expect(stack.outputs.ollamaEndpoint).toBe("http://localhost:11434");
    const models = ["chat-ollama-model", "chat-ollama-2-model", "chat-ollama-3-model"].map(
      (name) => stack.of(name).inputs,
    );
    expect(models.map(({ endpoint }) => endpoint)).toEqual([
      "http://gpu-1:11434",
      "http://10.0.0.2",
      "http://localhost:11435",
    ]);
    // Others may use them, so nothing is removed and nothing is loaded.
    for (const inputs of models) {
      expect(inputs).not.toHaveProperty("retainOnDelete");
      expect(inputs).not.toHaveProperty("warmUp");
    }
  });
});

describe("a number of Ollamas that cannot be", () => {
  const URL_RULE =
    "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";
  const PLAIN_RULE =
    "must be http:// and a host with its port, without a path: for TLS or a path take a proxy of your own and give its address as endpoint";
  const [one, two] = ["http://a:11434", "http://b:11434"];

  it.each<[OllamaArgs, string]>([
    [{ replicas: 0 }, "ollama.replicas is 0: must be a whole number from 1 to 64"],
    [{ replicas: 1.5 }, "ollama.replicas is 1.5: must be a whole number from 1 to 64"],
    [{ replicas: 65 }, "ollama.replicas is 65: must be a whole number from 1 to 64"],
    [
      { replicas: 2, existing: { endpoint: one } },
      "ollama.replicas is 2: must be left out with ollama.existing, whose endpoints say how many there are",
    ],
    [
      { existing: { endpoint: one, endpoints: [two] } },
      'ollama.existing.endpoints is ["http://b:11434"]: give either endpoint or endpoints, not both',
    ],
    [{ existing: {} }, `ollama.existing.endpoint is missing: ${URL_RULE}; or give endpoints`],
    [{ existing: { endpoints: [] } }, "ollama.existing.endpoints is []: must hold at least one URL"],
    [
      { existing: { endpoints: [one, two, "HTTP://A:11434/"] } },
      'ollama.existing.endpoints.2 is "HTTP://A:11434/": must be another server than endpoints.0',
    ],
    [{ existing: { endpoints: ["https://a"] } }, `ollama.existing.endpoints.0 is "https://a": ${PLAIN_RULE}`],
    [
      { existing: { endpoints: ["http://a/ollama"] } },
      `ollama.existing.endpoints.0 is "http://a/ollama": ${PLAIN_RULE}`,
    ],
    [
      { existing: { endpoints: [one], auth: { token: "t" } } },
      "ollama.existing.auth is [secret]: must be left out with endpoints, which the stack's proxy asks without it; endpoint takes it",
    ],
  ])("is refused in the preview: %j", async (ollama, problem) => {
    await expect(stackOf({ opensearch, ollama })).rejects.toThrow(`OllamaChatStack "chat": ${problem}`);
  });
});
