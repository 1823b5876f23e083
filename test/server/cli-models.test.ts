import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line";
import { type ChatWorld, PASSWORD, startChatWorld } from "./cli-support";

describe("ollama-chat models", () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await startChatWorld("chat");
    world.ollama.models = ["mistral:7b", "smollm2:135m"];
  });
  afterAll(() => world.stop());

  it("shows what Ollama has, and what is deployed of it, with state, id, group and connector", async () => {
    const { code, out, err } = await commandLine(["models"], { environment: world.environment });
    expect([code, err]).toEqual([0, ""]);
    const [, deployed] = out.split("\n\n");
    expect(deployed?.trimEnd().split("\n")).toEqual([
      `OpenSearch at ${world.cluster.url}`,
      "ASKS FOR      STATE     MODEL ID                GROUP       CONNECTOR",
      `smollm2:135m  DEPLOYED  ${world.modelId} *  chat-group  chat-connector`,
      "* the model that ask and chat use",
    ]);
  });

  it("tells scripts under which ids each model of Ollama is deployed", async () => {
    const { code, out } = await commandLine(["models", "--json"], { environment: world.environment });
    expect(code).toBe(0);
    const report = JSON.parse(out) as {
      ollama: { models: { name: string; deployedAs: string[] }[] };
      opensearch: { models: Record<string, unknown>[] };
      modelId: string;
    };
    expect(report.ollama.models.map(({ name, deployedAs }) => [name, deployedAs])).toEqual([
      ["mistral:7b", []],
      ["smollm2:135m", [world.modelId]],
    ]);
    expect(report.opensearch.models).toEqual([
      {
        id: world.modelId,
        name: "chat-model",
        state: "DEPLOYED",
        serverModel: "smollm2:135m",
        group: { id: expect.any(String), name: "chat-group" },
        connector: { id: expect.any(String), name: "chat-connector", url: `${world.ollama.endpoint}/api/chat` },
      },
    ]);
    expect(report.modelId).toBe(world.modelId);
  });

  it("shows what one server has where the other is down, explains, and ends with 1", async () => {
    const environment = { ...world.environment, OLLAMA_CHAT_OLLAMA_ENDPOINT: "http://127.0.0.1:9" };
    const { code, out, err } = await commandLine(["models"], { environment });
    expect(code).toBe(1);
    expect(out).toContain("DEPLOYED");
    expect(err).toMatch(/^error: GET \/api\/\w+: no answer from http:\/\/127\.0\.0\.1:9: connect ECONNREFUSED/);
    const json = await commandLine(["models", "--json"], { environment });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      ollama: { endpoint: "http://127.0.0.1:9", error: { what: expect.any(String) } },
    });
  });

  it("never shows the password", async () => {
    const environment = { ...world.environment, OLLAMA_CHAT_OPENSEARCH_USERNAME: "nobody" };
    for (const flags of [[], ["--json"]]) {
      const { out, err } = await commandLine(["models", ...flags], { environment });
      expect(out + err).toContain("401");
      expect(out + err).not.toContain(PASSWORD);
    }
  });
});
