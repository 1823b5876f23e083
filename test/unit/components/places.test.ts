import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { eachWithoutNetwork, GPU_BOX } from "./no-network";
import { DOCKER, EXISTING, OURS, PASSWORD, stackOf } from "./stack-support";

const opensearch = { adminPassword: PASSWORD };

eachWithoutNetwork();

const provider = (host: string, name = "gpu", more: docker.ProviderArgs = {}) =>
  new docker.Provider(name, { host, ...more });

describe("all on one other machine", () => {
  it("everything follows from the stack's Docker provider, and Ollama is reached in the network they share", async () => {
    const stack = await stackOf({ opensearch, publishAddress: "0.0.0.0" }, "dev", () => ({
      providers: [provider(GPU_BOX)],
    }));
    for (const { name, type, provider: own } of stack.resources.values()) {
      if (DOCKER.test(type)) expect([name, own]).toStrictEqual([name, "gpu"]);
      if (type.startsWith(OURS)) expect([name, own]).toStrictEqual([name, ""]);
    }
    for (const part of ["ollama", "opensearch"]) {
      expect(stack.of(`chat-${part}`).inputs).toMatchObject({ ports: [{ ip: "0.0.0.0" }] });
      expect(stack.of(`chat-${part}-health`).inputs).toMatchObject({ dockerHost: GPU_BOX });
      expect(stack.of(`chat-${part}-health`).inputs).not.toHaveProperty("dockerTls");
    }
    expect(stack.of("chat-tls").inputs).toMatchObject({
      dnsNames: ["localhost", "opensearch", "gpu-box"],
      ipAddresses: ["127.0.0.1"],
    });
    expect(stack.of("chat-connector").inputs).toMatchObject({ actions: [{ url: "http://ollama:11434/api/generate" }] });
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: "https://gpu-box:9200",
      ollamaEndpoint: "http://gpu-box:11434",
      predictUrl: "https://gpu-box:9200/_plugins/_ml/models/chat-model-id/_predict",
    });
  });

  it.each([
    ["tcp://gpu-box:2376", "0.0.0.0", undefined, "gpu-box", ["127.0.0.1"]],
    ["tcp://10.9.8.7:2375", "0.0.0.0", undefined, "10.9.8.7", ["127.0.0.1", "10.9.8.7"]],
    ["tcp://[fd00::7]:2375", "::", undefined, "[fd00::7]", ["127.0.0.1", "::1", "fd00::7"]],
    ["ssh://me@an-alias", "10.9.8.7", undefined, "10.9.8.7", ["127.0.0.1", "10.9.8.7"]],
    ["ssh://me@an-alias:2222", "192.168.1.2", "10.9.8.7", "10.9.8.7", ["127.0.0.1", "192.168.1.2", "10.9.8.7"]],
    ["ssh://me@an-alias", "0.0.0.0", "GPU-Box", "gpu-box", ["127.0.0.1"]],
    ["ssh://me@an-alias", undefined, "localhost", "localhost", ["127.0.0.1"]],
    ["ssh://me@an-alias", "127.0.0.1", "forwarded.example.com", "forwarded.example.com", ["127.0.0.1"]],
    ["unix:///run/user/1000/docker.sock", undefined, undefined, "localhost", ["127.0.0.1"]],
    ["tcp://localhost:2375", undefined, undefined, "localhost", ["127.0.0.1"]],
  ])(
    "docker:host %s, publishAddress %s, hostname %s: %s",
    async (host, publishAddress, hostname, name, ipAddresses) => {
      pulumi.runtime.setAllConfig({ "docker:host": host });
      const stack = await stackOf({ opensearch, publishAddress, hostname });
      expect(stack.of("chat-opensearch-health").inputs).toMatchObject({
        dockerHost: host,
        endpoint: `https://${name}:9200`,
      });
      const dnsNames = ["localhost", "opensearch", ...(/^[\d[]|localhost/.test(name) ? [] : [name])];
      expect(stack.of("chat-tls").inputs).toMatchObject({ dnsNames, ipAddresses });
      expect(stack.outputs).toMatchObject({ opensearchEndpoint: `https://${name}:9200` });
    },
  );

  it("DOCKER_HOST counts, which the provider of a stack without any reads too, and stays out of the state", async () => {
    vi.stubEnv("DOCKER_HOST", "tcp://10.9.8.7:2375");
    const stack = await stackOf({ opensearch, publishAddress: "0.0.0.0" });
    expect(stack.outputs).toMatchObject({ ollamaEndpoint: "http://10.9.8.7:11434" });
    expect(stack.of("chat-ollama-health").inputs).not.toHaveProperty("dockerHost");
  });

  it("a provider's certificates reach the wait for its containers, as secrets", async () => {
    const material = { caMaterial: "CA", certMaterial: "CERT", keyMaterial: "KEY" };
    const stack = await stackOf({ opensearch, publishAddress: "0.0.0.0" }, "dev", () => ({
      providers: [provider("tcp://gpu-box:2376", "gpu", material)],
    }));
    expect(stack.of("chat-ollama-health").inputs.dockerTls).toStrictEqual({ secret: material });
    pulumi.runtime.setAllConfig({ "docker:host": "tcp://gpu-box:2376", "docker:certPath": "/certs" });
    const configured = await stackOf({ opensearch, publishAddress: "0.0.0.0" });
    expect(configured.of("chat-ollama-health").inputs.dockerTls).toStrictEqual({ secret: { certPath: "/certs" } });
  });

  it("a name given for this machine is in endpoints and certificate", async () => {
    const stack = await stackOf({ opensearch, publishAddress: "0.0.0.0", hostname: "10.0.0.5" });
    expect(stack.outputs).toMatchObject({ opensearchEndpoint: "https://10.0.0.5:9200" });
    expect(stack.of("chat-tls").inputs).toMatchObject({ ipAddresses: ["127.0.0.1", "10.0.0.5"] });
  });

  it("a hostname may be the output of another resource", async () => {
    const stack = await stackOf(() => ({ opensearch, publishAddress: "0.0.0.0", hostname: pulumi.output("10.0.0.5") }));
    expect(stack.outputs).toMatchObject({ opensearchEndpoint: "https://10.0.0.5:9200" });
  });
});

describe("on two machines", () => {
  it("Ollama on the GPU box, OpenSearch here: it asks the published port, and its network stays as it was", async () => {
    const stack = await stackOf(() => ({
      opensearch,
      ollama: { docker: provider(GPU_BOX), publishAddress: "0.0.0.0" },
    }));
    const own = Object.fromEntries([...stack.resources.values()].map((one) => [one.name, one.provider]));
    expect(own).toMatchObject({
      "chat-ollama": "gpu",
      "chat-ollama-image": "gpu",
      "chat-ollama-network": "gpu",
      "chat-ollama-volume": "gpu",
      "chat-network": "",
      "chat-opensearch": "",
    });
    expect(stack.of("chat-ollama").inputs).toMatchObject({
      ports: [{ ip: "0.0.0.0" }],
      networksAdvanced: [{ name: "project-dev-chat-ollama-network", aliases: ["ollama"] }],
    });
    expect(stack.of("chat-opensearch").inputs).toMatchObject({
      ports: [{ ip: "127.0.0.1" }],
      networksAdvanced: [{ name: "project-dev-chat-network", aliases: ["opensearch"] }],
    });
    expect(stack.of("chat-opensearch-health").inputs).not.toHaveProperty("dockerHost");
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://gpu-box:11434/api/generate" }],
    });
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: "https://localhost:9200",
      ollamaEndpoint: "http://gpu-box:11434",
    });
  });

  it("OpenSearch there, Ollama here: it asks the address that this machine publishes on", async () => {
    const stack = await stackOf(() => ({
      opensearch: { ...opensearch, docker: provider(GPU_BOX), publishAddress: "0.0.0.0", hostname: "10.0.0.7" },
      publishAddress: "10.0.0.5",
    }));
    expect(stack.of("chat-opensearch")).toMatchObject({ provider: "gpu", inputs: { ports: [{ ip: "0.0.0.0" }] } });
    expect(stack.of("chat-opensearch-network")).toMatchObject({ provider: "gpu" });
    expect(stack.of("chat-ollama")).toMatchObject({ provider: "", inputs: { ports: [{ ip: "10.0.0.5" }] } });
    expect(stack.of("chat-tls").inputs).toMatchObject({ ipAddresses: ["127.0.0.1", "10.0.0.7"] });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://10.0.0.5:11434/api/generate" }],
    });
  });

  it("one Docker host, published apart: only OpenSearch is for others", async () => {
    const stack = await stackOf({ opensearch: { ...opensearch, publishAddress: "0.0.0.0", hostname: "10.0.0.5" } });
    expect(stack.of("chat-ollama").inputs).toMatchObject({ ports: [{ ip: "127.0.0.1" }] });
    expect(stack.of("chat-connector").inputs).toMatchObject({ actions: [{ url: "http://ollama:11434/api/generate" }] });
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: "https://10.0.0.5:9200",
      ollamaEndpoint: "http://localhost:11434",
    });
  });

  it("both there by the same provider share a network", async () => {
    const stack = await stackOf(() => {
      const gpu = provider(GPU_BOX);
      const there = { docker: gpu, publishAddress: "0.0.0.0" };
      return { opensearch: { ...opensearch, ...there }, ollama: there };
    });
    expect(stack.of("chat-network")).toMatchObject({ provider: "gpu" });
    expect(stack.of("chat-connector").inputs).toMatchObject({ actions: [{ url: "http://ollama:11434/api/generate" }] });
  });

  it("an existing cluster is given Ollama's published port, wherever that is", async () => {
    const stack = await stackOf(() => ({
      opensearch: { existing: EXISTING },
      ollama: { docker: provider(GPU_BOX), publishAddress: "0.0.0.0" },
    }));
    expect(stack.of("chat-network")).toMatchObject({ provider: "gpu" });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://gpu-box:11434/api/generate" }],
    });
  });
});

it("a provider for this machine's own Docker changes no input but where it is asked", async () => {
  const local = await stackOf({ opensearch });
  const named = await stackOf({ opensearch }, "dev", () => ({ providers: [provider("unix:///var/run/docker.sock")] }));
  for (const [name, { inputs }] of local.resources) {
    const { dockerHost, ...others } = named.of(name).inputs;
    expect(others).toStrictEqual(inputs);
    expect(dockerHost).toBe(name.endsWith("-health") ? "unix:///var/run/docker.sock" : undefined);
  }
});
