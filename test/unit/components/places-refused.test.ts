import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { OllamaChatStackArgs } from "../../../components/args";
import { OllamaChatStack } from "../../../components/ollama-chat-stack";
import { ollamaForOpenSearch, reachedAs } from "../../../components/places";
import { sentence } from "../../../providers/shared/checking";
import { registeredBy } from "./mock-engine";
import { eachWithoutNetwork, GPU_BOX } from "./no-network";
import { PASSWORD, stackOf } from "./stack-support";

const opensearch = { adminPassword: PASSWORD };

eachWithoutNetwork();

describe("an address at which nobody could reach a server is refused", () => {
  const fail = (path: readonly string[], value: unknown, rule: string) =>
    new pulumi.RunError(sentence(path, value, rule));
  const paths = (part?: string) => {
    const path = part === undefined ? [] : [part];
    return { hostname: path, publishAddress: path };
  };
  const rule = (where: string) =>
    `must be an IP address of ${where}, or 0.0.0.0 for all that it has, because 127.0.0.1 is reached there only`;
  const reached = "must be a name or an IP address under which the Docker host is reached from here";

  it.each([
    [
      "another machine's loopback, by default",
      { machine: "gpu-box" },
      [undefined, "ollama"],
      `ollama.publishAddress is missing: ${rule("gpu-box")}. Whoever reaches Ollama's port can use it without a password. To keep 127.0.0.1, forward the port to this machine and set ollama.hostname to localhost`,
    ],
    [
      "another machine's loopback",
      { machine: "gpu-box", hostname: "gpu-box" },
      ["127.0.0.1", "opensearch"],
      `opensearch.publishAddress is "127.0.0.1": ${rule("gpu-box")}. To keep 127.0.0.1, forward the port to this machine and set opensearch.hostname to localhost`,
    ],
    [
      "loopback under a name that leads elsewhere",
      { hostname: "gpu-box" },
      [undefined],
      `publishAddress is missing: ${rule("this machine, which clients are to reach as gpu-box")}`,
    ],
    [
      "a name that leads nowhere",
      { hostname: "gpu-boxx" },
      ["0.0.0.0", "opensearch"],
      `opensearch.hostname is "gpu-boxx": ${reached}, and this name cannot be resolved`,
    ],
    [
      "an alias that only ssh knows",
      { machine: "an-alias" },
      ["0.0.0.0"],
      `hostname is missing: ${reached}, because its Docker address has the name an-alias, which cannot be resolved`,
    ],
  ])("%s", async (_what, known, [publishAddress, part], message) => {
    const looked = async () => await reachedAs(known, { publishAddress, path: paths(part), fail });
    await expect(looked()).rejects.toThrow(new pulumi.RunError(message));
  });

  const different = "because the two have different Docker providers; or give ollama.endpointForOpenSearch";
  const byAddress = `must be an IP address under which OpenSearch's Docker host reaches Ollama's, or 0.0.0.0 with ollama.hostname, ${different}`;
  const byName = `must be a name or an IP address under which OpenSearch's Docker host reaches Ollama's, ${different}`;
  it.each<[string, OllamaChatStackArgs, string]>([
    ["Ollama on loopback", {}, `ollama.publishAddress is missing: ${byAddress}`],
    ["Ollama on all addresses of this machine", { publishAddress: "0.0.0.0" }, `ollama.hostname is missing: ${byName}`],
    ["Ollama's forwarded port", { ollama: { hostname: "localhost" } }, `ollama.hostname is "localhost": ${byName}`],
  ])("%s, for OpenSearch with another Docker", (_what, args, message) => {
    const published = "http://localhost:11434";
    const places = { isOneDocker: false, of: () => expect.unreachable() };
    const url = (more: OllamaChatStackArgs) =>
      ollamaForOpenSearch("chat", more, places, { published, inNetwork: "http://ollama:11434" });
    expect(() => url(args)).toThrow(new pulumi.RunError(`OllamaChatStack "chat": ${message}`));
    const endpointForOpenSearch = "http://10.0.0.5:11434";
    expect(url({ ...args, ollama: { ...args.ollama, endpointForOpenSearch } })).toBe(endpointForOpenSearch);
  });

  it("an existing Ollama on this machine, for OpenSearch elsewhere", async () => {
    pulumi.runtime.setAllConfig({ "docker:host": "tcp://10.9.8.7:2375" });
    const existing = { endpoint: "http://localhost:11434" };
    await expect(stackOf({ opensearch, publishAddress: "0.0.0.0", ollama: { existing } })).rejects.toThrow(
      new pulumi.RunError(
        'OllamaChatStack "chat": ollama.existing.endpoint is "http://localhost:11434": must be an address that 10.9.8.7 reaches, where OpenSearch runs; or give ollama.endpointForOpenSearch',
      ),
    );
  });
});

describe("wrong arguments are refused before anything is registered", () => {
  const hostnameRule = "must be the name or IP address of a host, such as gpu-box or 10.0.0.5, without scheme or port";

  it.each<[string, object, string]>([
    ["a URL", { hostname: "https://gpu-box" }, `hostname is "https://gpu-box": ${hostnameRule}`],
    ["a port", { hostname: "gpu-box:9200" }, `hostname is "gpu-box:9200": ${hostnameRule}`],
    ["a user", { hostname: "me@gpu-box" }, `hostname is "me@gpu-box": ${hostnameRule}`],
    ["all addresses", { hostname: "0.0.0.0" }, `hostname is "0.0.0.0": ${hostnameRule}`],
    ["nothing", { ollama: { hostname: "" } }, `ollama.hostname is "": ${hostnameRule}`],
    [
      "no address",
      { ollama: { publishAddress: "gpu-box" } },
      'ollama.publishAddress is "gpu-box": must be an IP address of the Docker host, such as 127.0.0.1, or 0.0.0.0 for all that it has',
    ],
    [
      "no provider",
      { ollama: { docker: GPU_BOX } },
      'ollama.docker is "ssh://me@gpu-box": must be a provider of @pulumi/docker, such as new docker.Provider("gpu", { host: "ssh://me@gpu-box" })',
    ],
    [
      "for a server that exists",
      { ollama: { existing: { endpoint: "http://gpu-box:11434" }, publishAddress: "0.0.0.0", hostname: "gpu-box" } },
      "ollama.hostname can't be given with ollama.existing, which the stack doesn't start; ollama.publishAddress can't be given with ollama.existing, which the stack doesn't start",
    ],
  ])("%s", async (_what, args, message) => {
    const given = { opensearch, ...args } as OllamaChatStackArgs;
    await expect(registeredBy(() => new OllamaChatStack("chat", given))).rejects.toThrow(
      new pulumi.RunError(`OllamaChatStack "chat": ${message}`),
    );
  });
});
