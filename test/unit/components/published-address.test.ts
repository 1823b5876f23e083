import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openSearch } from "../../../clients/opensearch/connect";
import {
  certificateNames,
  clientHost,
  clientUrl,
  covers,
  isPublishAddress,
  isReachableAt,
  occupiedAddresses,
  publishAddressOf,
} from "../../../components/addresses";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";
import { PASSWORD, stackOf } from "./stack-support";

const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const own = interfaces.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.2";
const hasIpv6 = interfaces.some(({ address }) => address === "::1");

describe("where a stack's ports are published", () => {
  it.each([
    ["127.0.0.1", "https://localhost:9200", ["127.0.0.1"]],
    ["0.0.0.0", "https://localhost:9200", ["127.0.0.1"]],
    ["::", "https://[::1]:9200", ["127.0.0.1", "::1"]],
    ["::1", "https://[::1]:9200", ["127.0.0.1", "::1"]],
    ["0:0:0:0:0:0:0:1", "https://[::1]:9200", ["127.0.0.1", "::1"]],
    ["127.0.0.2", "https://127.0.0.2:9200", ["127.0.0.1", "127.0.0.2"]],
    ["10.0.0.5", "https://10.0.0.5:9200", ["127.0.0.1", "10.0.0.5"]],
    ["FD00::5", "https://[fd00::5]:9200", ["127.0.0.1", "fd00::5"]],
  ])("%s: everything that follows from it is told by one place", async (publishAddress, url, ipAddresses) => {
    const address = publishAddressOf({ publishAddress });
    expect(clientUrl("https", clientHost(address), 9200)).toBe(url);
    expect(certificateNames(address)).toStrictEqual({ dnsNames: ["localhost"], ipAddresses });
    const stack = await stackOf({ publishAddress, opensearch: { adminPassword: PASSWORD } });
    const ollama = url.replace("https", "http").replace("9200", "11434");
    for (const [part, endpoint] of [
      ["opensearch", url],
      ["ollama", ollama],
    ] as const) {
      expect(stack.of(`chat-${part}`).inputs).toMatchObject({ ports: [{ ip: address }] });
      expect(stack.of(`chat-${part}-health`).inputs).toMatchObject({ endpoint });
    }
    expect(stack.of("chat-tls").inputs).toMatchObject({ dnsNames: ["localhost", "opensearch"], ipAddresses });
    expect(stack.of("chat-ollama-model").inputs).toMatchObject({ endpoint: ollama });
    for (const name of ["settings", "group", "connector", "model"]) {
      expect(stack.of(`chat-${name}`).inputs).toMatchObject({ connection: { endpoint: url } });
    }
    expect(stack.outputs).toMatchObject({
      opensearchEndpoint: url,
      ollamaEndpoint: ollama,
      predictUrl: `${url}/_plugins/_ml/models/chat-model-id/_predict`,
    });
  });

  it("an OpenSearch elsewhere is given the address by which it reaches Ollama's port", async () => {
    const existing = { endpoint: "https://search.example.com:9200" };
    const stack = await stackOf({ publishAddress: "10.0.0.5", opensearch: { existing } });
    expect(stack.of("chat-connector").inputs).toMatchObject({
      actions: [{ url: "http://10.0.0.5:11434/api/generate" }],
    });
  });

  it.each([
    "localhost",
    "",
    "10.0.0",
    "010.0.0.5",
    "10.0.0.5/8",
    "0.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "::ffff:10.0.0.5",
    "ff02::1",
    "[::1]",
    " 127.0.0.1",
  ])("%j is no address to publish on", (text) => expect(isPublishAddress(text)).toBe(false));

  it("nobody else may listen where the name localhost leads to", () => {
    expect(occupiedAddresses("127.0.0.1")).toStrictEqual(["127.0.0.1", "::1"]);
    expect(occupiedAddresses("10.0.0.5")).toStrictEqual(["10.0.0.5"]);
    expect(occupiedAddresses("0.0.0.0")).toEqual(expect.arrayContaining(["127.0.0.1", own, "::1"]));
    expect(occupiedAddresses("::").every((address) => address.includes(":"))).toBe(true);
  });

  it.each([
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "::1", false],
    ["0.0.0.0", "10.0.0.5", true],
    ["0.0.0.0", "::1", false],
    ["::", "::1", true],
    ["::", "127.0.0.1", false],
    ["", "::1", true],
    ["10.0.0.5", "10.0.0.6", false],
  ])("what is published on %j and what listens on %s: %s", (bound, address, same) => {
    expect(covers(bound, address)).toBe(same);
  });

  it.each([
    ["127.0.0.1", "localhost", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "10.0.0.5", false],
    ["10.0.0.5", "localhost", false],
    ["10.0.0.5", "10.0.0.5", true],
    ["0.0.0.0", "10.0.0.5", true],
    ["", "localhost", true],
  ])("a container of %j answers at %s: %s", (bound, host, answers) => expect(isReachableAt(bound, host)).toBe(answers));
});

describe("the certificate is good for the address that clients are given", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
    [own, own],
    ...(hasIpv6
      ? [
          ["::1", "::1"],
          ["::", "::"],
        ]
      : []),
  ])("published at %s, verified at %s", async (publishAddress, listen) => {
    const { state } = await tlsCertificateLifecycle.create({
      ...certificateNames(publishAddressOf({ publishAddress })),
    });
    const server = createServer({ key: state.privateKeyPem, cert: state.certificatePem }, (_request, response) =>
      response.setHeader("content-type", "application/json").end("{}"),
    ).listen(0, listen);
    await once(server, "listening");
    try {
      const endpoint = clientUrl("https", clientHost(publishAddress), (server.address() as AddressInfo).port);
      const cluster = openSearch({ endpoint, caCertificate: state.caCertificatePem, maxRetries: 0 });
      const answer = cluster.call({
        method: "GET",
        path: "/",
        answer: z.unknown(),
        repeatable: false,
      });
      expect(await answer).toStrictEqual({});
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
