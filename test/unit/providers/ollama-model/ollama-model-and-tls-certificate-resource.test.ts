import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { OllamaModel } from "../../../../providers/ollama-model/resource";
import { TlsCertificate } from "../../../../providers/tls-certificate/resource";

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: { ...args.inputs, digest: "d", pulled: true, privateKeyPem: "key" } };
    },
    call: () => ({}),
  });
});

async function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return await new Promise((resolve) => output.apply(resolve));
}

async function inputsOf(resource: pulumi.CustomResource): Promise<Record<string, unknown>> {
  const id = await resolved(resource.id);
  return registered.find(({ name }) => `${name}-id` === id)?.inputs ?? expect.unreachable("it was not registered");
}

describe("OllamaModel", () => {
  it("registers its inputs, its owner and the stored text, and nothing else", async () => {
    const model = new OllamaModel("smol", { endpoint: "http://localhost:11434", model: "smollm2:135m" });
    expect(await inputsOf(model)).toEqual({
      endpoint: "http://localhost:11434",
      model: "smollm2:135m",
      owner: await resolved(model.urn),
      __provider: 'exports.handler = () => require("pulumi-ollama-chat/provider/ollama-model");',
    });
  });

  it("has the provider's outputs", async () => {
    const model = new OllamaModel("outputs", { endpoint: "http://localhost:11434", model: "smollm2:135m" });
    expect(await resolved(model.digest)).toBe("d");
    expect(await resolved(model.pulled)).toBe(true);
  });
});

describe("TlsCertificate", () => {
  it("registers its inputs, its owner and the stored text, and nothing else", async () => {
    const tls = new TlsCertificate("tls", { dnsNames: ["localhost"] });
    expect(await inputsOf(tls)).toEqual({
      dnsNames: ["localhost"],
      ipAddresses: [],
      owner: await resolved(tls.urn),
      __provider: 'exports.handler = () => require("pulumi-ollama-chat/provider/tls-certificate");',
    });
  });
});
