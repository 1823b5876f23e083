import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { Deadline } from "../../clients/wait";
import { promptText } from "../../providers/connector/prompt-text";
import type { ChatRequest } from "../support/chat-server";
import { commandLine } from "../support/command-line";
import { type ChatWorld, PASSWORD, startChatWorld } from "./cli-support";

/** A question as the model server got it. */
function asked({ ollama }: ChatWorld, index = 0): ChatRequest {
  const question = ollama.questions[index];
  if (question === undefined) throw new Error(`The model server got ${ollama.questions.length} questions.`);
  return question;
}

describe.each(["generate", "chat", "openai"] as const)("ollama-chat ask, with a model that takes %s", (api) => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await startChatWorld(api);
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.ollama.requests.length = 0;
  });

  const ask = (...args: string[]) => commandLine(["ask", ...args], { environment: world.environment });

  it("prints the answer on stdout, and on stderr what it took", async () => {
    const { code, out, err } = await ask("Why", "is the sky blue?");
    expect([code, out]).toEqual([0, `${world.ollama.words}\n`]);
    const rate = api === "openai" ? /\d+\.\d/ : /20\.0/;
    expect(err).toMatch(
      new RegExp(`^smollm2:135m through OpenSearch · \\d+\\.\\d s · 30 tokens · ${rate.source} tokens/s\n$`),
    );
  });

  it("sends the question in the form that the connector takes, after the system text", async () => {
    await ask("Why?", "--system", "Be brief.");
    const { path, body } = asked(world);
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" },
    ];
    if (api === "generate") expect([path, body.prompt]).toEqual(["/api/generate", "Be brief.\n\nWhy?"]);
    else expect([path, body.messages]).toEqual([api === "chat" ? "/api/chat" : "/v1/chat/completions", messages]);
  });

  it("tells scripts answer, model, seconds and tokens as JSON, and nothing on stderr", async () => {
    const { code, out, err } = await ask("Why?", "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual({
      answer: world.ollama.words,
      thinking: null,
      doneReason: "stop",
      promptCut: false,
      model: "smollm2:135m",
      seconds: expect.any(Number),
      tokens: 30,
      promptTokens: 7,
      tokensPerSecond: api === "openai" ? expect.any(Number) : 20,
      through: "opensearch",
    });
  });

  it.each(['{"a":1}', '["a","b"]', ' \n{a: "b"}', "[1,2]", "${parameters.model}", 'a "b"\n\\c', "😀"])(
    "asks %j to the letter",
    async (question) => {
      const { code, err } = await ask(question);
      expect([code, err]).toEqual([0, expect.stringContaining("through OpenSearch")]);
      const { body } = asked(world);
      const [message] = (body.messages ?? [{ content: body.prompt }]) as { content: string }[];
      expect(message?.content.replaceAll("\u2060", "")).toBe(question.trim());
    },
  );
});

describe("promptText", () => {
  it("lets any JSON pass as a prompt", async () => {
    const world = await startChatWorld("generate");
    const server = openSearch(world.connection);
    try {
      await fc.assert(
        fc.asyncProperty(fc.json({ maxDepth: 2 }), async (prompt) => {
          await predict(server, world.modelId, { prompt: promptText(prompt) }, Deadline.after(30_000));
          const sent = String(world.ollama.questions.at(-1)?.body.prompt);
          expect(sent.replaceAll("\u2060", "")).toBe(prompt.replaceAll("\u2060", ""));
        }),
        { numRuns: 60 },
      );
    } finally {
      await world.stop();
    }
  });
});

describe("ollama-chat ask, when something is wrong", () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await startChatWorld("generate");
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.ollama.requests.length = 0;
    Object.assign(world.ollama, { models: ["smollm2:135m"], refusal: undefined, hangs: false });
  });

  const ask = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
    commandLine(["ask", "Why?", ...args], { environment: { ...world.environment, ...environment } });

  it("explains a model server's refusal and ends with 1", async () => {
    world.ollama.models = [];
    const { code, out, err } = await ask([]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      [
        `error: POST /_plugins/_ml/models/${world.modelId}/_predict answered 404 status_exception: Error from remote service: {"error":"model 'smollm2:135m' not found"}`,
        "  cause: Ollama does not have this model under this name and tag.",
        "  fix: Add an OllamaModel for it (or run ollama pull NAME:TAG), and let the DeployedModel depend on it.",
        "",
      ].join("\n"),
    );
  });

  it("never shows the password, not even where a server's error repeats it", async () => {
    const encoded = Buffer.from(`admin:${PASSWORD}`).toString("base64");
    world.ollama.refusal = { status: 500, error: `who is ${PASSWORD} (${Buffer.from(PASSWORD).toString("base64")})` };
    for (const flags of [[], ["--json"], ["--direct"]]) {
      const { code, out, err } = await ask(flags);
      expect(code).toBe(1);
      expect(err).toContain("who is [secret] ([secret])");
      expect(out + err).not.toContain(PASSWORD);
      expect(out + err).not.toContain(encoded);
    }
  });

  it("explains a wrong password", async () => {
    const { code, err } = await ask([], { OLLAMA_CHAT_OPENSEARCH_PASSWORD: "Wrong-Passw0rd-1" });
    expect(code).toBe(1);
    expect(err).toContain("answered 401");
    expect(err).not.toContain("Wrong-Passw0rd-1");
  });

  it("says that the model is slow when the caller's time limit is reached", async () => {
    world.ollama.hangs = true;
    const { code, err } = await ask(["--direct", "--timeout-seconds", "0.2"]);
    expect(code).toBe(1);
    expect(err).toBe(
      [
        "error: No answer from smollm2:135m in Ollama within 0.2 s.",
        "  cause: The model is slow on this machine, or still being loaded, or the answer is long.",
        "  fix: Raise --timeout-seconds, ask for a shorter answer, or use a smaller model; ollama-chat models shows which.",
        "",
      ].join("\n"),
    );
  });

  it("ends with 3 where no deployed model, or no OpenSearch, is known", async () => {
    const withoutModel = await ask([], { OLLAMA_CHAT_MODEL_ID: undefined });
    expect(withoutModel.code).toBe(3);
    expect(withoutModel.err).toContain(`error: No deployed model is known on ${world.cluster.url}.\n`);
    const withoutServer = await ask([], { OLLAMA_CHAT_OPENSEARCH_ENDPOINT: undefined });
    expect(withoutServer.code).toBe(3);
    expect(withoutServer.err).toContain("error: There is no OpenSearch to ask.\n");
  });

  it("asks Ollama itself with --direct", async () => {
    const { code, out } = await ask(["--direct", "--json"], { OLLAMA_CHAT_OPENSEARCH_ENDPOINT: undefined });
    expect([code, (JSON.parse(out) as { through: string }).through]).toEqual([0, "ollama"]);
    expect(world.ollama.questions[0]?.path).toBe("/api/chat");
  });
});

describe("ollama-chat chat, through OpenSearch", () => {
  it.each(["generate", "chat"] as const)("sends what was said before, with a model that takes %s", async (api) => {
    const world = await startChatWorld(api);
    try {
      const args = ["chat", "--through", "opensearch", "--json"];
      const { code, out } = await commandLine(args, { environment: world.environment, input: "One?\nTwo?\n" });
      expect([code, out.trimEnd().split("\n")]).toEqual([0, [expect.any(String), expect.any(String)]]);
      const { body } = asked(world, 1);
      if (api === "generate") {
        expect(body.prompt).toBe(`User: One?\n\nAssistant: ${world.ollama.words}\n\nUser: Two?\n\nAssistant:`);
      } else {
        expect(body.messages).toEqual([
          { role: "user", content: "One?" },
          { role: "assistant", content: world.ollama.words },
          { role: "user", content: "Two?" },
        ]);
      }
    } finally {
      await world.stop();
    }
  });

  it("is taken where Ollama cannot be reached or lacks the model, and the start says so", async () => {
    const world = await startChatWorld("chat");
    try {
      const chat = async (environment: NodeJS.ProcessEnv) => {
        const ended = await commandLine(["chat"], { environment: { ...world.environment, ...environment }, input: "" });
        return ended.err;
      };
      expect(await chat({})).toBe(`smollm2:135m in Ollama, ${world.ollama.endpoint}; word by word.\n`);
      expect(await chat({ OLLAMA_CHAT_OLLAMA_ENDPOINT: "http://127.0.0.1:9" })).toBe(
        `Ollama at http://127.0.0.1:9 cannot be reached from here, so this is smollm2:135m through OpenSearch, ${world.cluster.url}; each answer comes whole.\n`,
      );
      expect(await chat({ OLLAMA_CHAT_MODEL: "nope:1b" })).toBe(
        `Ollama at ${world.ollama.endpoint} has no nope:1b, so this is nope:1b through OpenSearch, ${world.cluster.url}; each answer comes whole.\n`,
      );
    } finally {
      await world.stop();
    }
  });

  it("/model asks the connector's model server for another model", async () => {
    const world = await startChatWorld("generate");
    try {
      world.ollama.models.push("mistral:7b");
      const input = "/model mistral:7b\nOne?\n";
      const { code } = await commandLine(["chat", "--through", "opensearch"], {
        environment: world.environment,
        input,
      });
      expect([code, world.ollama.questions[0]?.body.model]).toEqual([0, "mistral:7b"]);
    } finally {
      await world.stop();
    }
  });
});
