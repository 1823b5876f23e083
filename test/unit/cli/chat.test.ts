import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../support/chat-server";
import { CommandLine, commandLine } from "../../support/command-line";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const UP = "\u001b[A";

let ollama: ChatServer;
let folder: string;
beforeEach(async () => {
  ollama = await new ChatServer().start();
  folder = mkdtempSync(join(tmpdir(), "chat-"));
});
afterEach(async () => {
  await ollama.stop();
  rmSync(folder, { recursive: true });
});

const args = (...more: string[]) => ["chat", "--ollama", ollama.endpoint, "--model", "smollm2:135m", ...more];
const messages = (question: number) => ollama.questions[question]?.body.messages;

describe("chat without a terminal", () => {
  it("takes each line as a turn, sends what was said before, and streams", async () => {
    const { code, out, err } = await commandLine(args("--system", "Be brief."), { input: "One?\n\n//two\n" });
    expect(code).toBe(0);
    expect(out).toBe(`${ollama.words}\n\n`.repeat(2));
    expect(err.split("\n")[0]).toBe(`smollm2:135m in Ollama, ${ollama.endpoint}; word by word.`);
    expect(err).toMatch(/^smollm2:135m in Ollama · \d+\.\d s · 30 tokens · 20\.0 tokens\/s$/m);
    expect(ollama.questions.map(({ path, body }) => [path, body.stream])).toEqual(Array(2).fill(["/api/chat", true]));
    expect(messages(1)).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "One?" },
      { role: "assistant", content: ollama.words },
      { role: "user", content: "/two" },
    ]);
  });

  it("writes one JSON document a line with --json, and nothing on stderr", async () => {
    const { code, out, err } = await commandLine(args("--json"), { input: "One?\nTwo?" });
    expect([code, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      ["One?", "Two?"].map((question, i) => ({
        turn: i + 1,
        question,
        answer: ollama.words,
        thinking: null,
        doneReason: "stop",
        promptCut: false,
        model: "smollm2:135m",
        seconds: expect.any(Number),
        tokens: 30,
        promptTokens: 7,
        tokensPerSecond: 20,
        through: "ollama",
      })),
    );
  });

  it("ends with 1 at the first failure", async () => {
    ollama.refusal = { status: 500, error: "llama runner process has terminated" };
    const { code, out, err } = await commandLine(args(), { input: "One?\nTwo?\n" });
    expect([code, out, ollama.questions.length]).toEqual([1, "", 1]);
    expect(err).toContain("error: POST /api/chat answered 500: llama runner process has terminated\n");
  });

  it("leaves out the oldest turns that do not fit, and says so once", async () => {
    const { err } = await commandLine(args("--context-tokens", "80"), { input: "Aaaaa?\nBbbbb?\nCcccc?\nDdddd?\n" });
    expect(messages(1)).toHaveLength(3);
    expect(messages(2)).toHaveLength(3);
    const told = "The oldest turns do not fit into 80 tokens any more and are not sent; /reset starts anew.";
    expect(err.split(told)).toHaveLength(2);
  });

  it("takes the context that Ollama has loaded the model with", async () => {
    ollama.loaded = [{ name: "smollm2:135m", expiresAt: "2026-11-29T12:00:00Z", contextTokens: 80 }];
    const { err } = await commandLine(args(), { input: "Aaaaa?\nBbbbb?\nCcccc?\n" });
    expect(messages(1)).toHaveLength(3);
    expect(messages(2)).toHaveLength(3);
    expect(err).toContain(
      "The oldest turns do not fit into the model's context of 80 tokens any more and are not sent; /reset starts anew.",
    );
    expect(ollama.requests.map(({ path }) => path).filter((path) => path !== "/api/chat")).toEqual(["/api/ps"]);
  });

  it("leaves out more turns where the model says that they do not fit, and asks again", async () => {
    ollama.mostMessages = 3;
    const { code, err } = await commandLine(args(), { input: "One?\nTwo?\nThree?\nFour?\n" });
    expect(code).toBe(0);
    expect(ollama.questions.map(({ body }) => [body.truncate, (body.messages as unknown[]).length])).toEqual([
      [false, 1],
      [false, 3],
      [false, 5],
      [false, 3],
      [false, 7],
      [false, 3],
    ]);
    const told = "The oldest turns do not fit into the model's context any more and are not sent; /reset starts anew.";
    expect(err.split(told)).toHaveLength(2);
  });

  it("says that a single question is too long for the model", async () => {
    ollama.mostMessages = 0;
    const { code, err } = await commandLine(args(), { input: "One?\n" });
    expect(code).toBe(1);
    expect(err).toContain(
      "error: POST /api/chat answered 400: the input length exceeds the context length\n  cause: The request is longer than the model's context: num_ctx, else OLLAMA_CONTEXT_LENGTH, else 4096 tokens, and at most the model's maximum (ollama-chat models shows it).\n  fix: Send less (rag ask: --top 1), or set a larger num_ctx in modelOptions.\n",
    );
  });

  it("refuses a way that does not exist with 2", async () => {
    const { code, err } = await commandLine(args("--through", "air"));
    expect(code).toBe(2);
    expect(err).toContain('error: --through is "air": it must be opensearch or ollama.\n');
  });

  it("ends with 3 and names what is missing where only half is known", async () => {
    const { code, err } = await commandLine(["chat", "--ollama", ollama.endpoint]);
    expect(code).toBe(3);
    expect(err).toContain(`error: There is no model to ask in Ollama at ${ollama.endpoint}.\n`);
  });
});

describe("commands of a chat", () => {
  const told = async (input: string, ...more: string[]) => {
    const { err } = await commandLine(args(...more), { input });
    return err.split("\n").slice(1, -1);
  };

  it("/help lists them all", async () => {
    const lines = await told("/help");
    expect(lines.map((line) => line.split(/ {2,}| (?=[A-Z])/)[0])).toEqual([
      "/help",
      "/reset",
      "/save",
      "/system",
      "/model",
      "/stats",
      "/exit",
    ]);
  });

  it("/reset forgets the turns and keeps the system text", async () => {
    await told("One?\n/reset\nTwo?\n", "--system", "S");
    expect(messages(1)).toEqual([
      { role: "system", content: "S" },
      { role: "user", content: "Two?" },
    ]);
  });

  it("/system sets, shows and removes the instruction", async () => {
    const lines = await told("/system\n/system Be kind.\n/system\nOne?\n/system -\nTwo?\n");
    expect(lines.slice(0, 3)).toEqual(["There is no system text.", "The system prompt is set.", "Be kind."]);
    expect(messages(0)).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "One?" },
    ]);
    expect(messages(1)).toHaveLength(3);
  });

  it("/model changes to one that Ollama has, and says what it has otherwise", async () => {
    ollama.models = ["smollm2:135m", "mistral:7b"];
    expect(await told("/model\n/model nope:1b\n/model mistral:7b\n")).toEqual([
      "smollm2:135m",
      "Ollama has no nope:1b (it has: smollm2:135m, mistral:7b); ollama pull nope:1b gets it.",
      "From now on mistral:7b in Ollama; what was said so far stays.",
    ]);
    await told("/model mistral:7b\nOne?\n");
    expect(ollama.questions[0]?.body.model).toBe("mistral:7b");
  });

  it("/save writes Markdown or JSON, and never over a file", async () => {
    const [markdown, json] = [join(folder, "a.md"), join(folder, "a.json")];
    writeFileSync(join(folder, "old"), "mine");
    const lines = await told(`One?\n/save ${markdown}\n/save ${json}\n/save ${folder}/old\n/save\n`, "--system", "S");
    expect(lines.slice(1)).toEqual([
      `Saved 1 turns to ${markdown}.`,
      `Saved 1 turns to ${json}.`,
      `${folder}/old exists already; choose another name.`,
      "Where to? /save FILE",
    ]);
    expect(readFileSync(markdown, "utf8")).toBe(
      `# Chat with smollm2:135m\n\n> S\n\n**You:** One?\n\n${ollama.words}\n`,
    );
    expect(JSON.parse(readFileSync(json, "utf8"))).toEqual({
      model: "smollm2:135m",
      through: "ollama",
      messages: [
        { role: "system", content: "S" },
        { role: "user", content: "One?" },
        { role: "assistant", content: ollama.words },
      ],
    });
    expect(readFileSync(join(folder, "old"), "utf8")).toBe("mine");
  });

  it("/stats counts answers, time and tokens", async () => {
    const lines = await told("One?\nTwo?\n/stats\n");
    expect(lines.at(-1)).toMatch(/^2 answers in \d+\.\d s, 60 tokens, 20\.0 tokens\/s$/);
  });

  it("/exit ends, and another word is told apart from a question", async () => {
    expect(await told("/nope\n/exit\nOne?\n")).toEqual([
      "There is no /nope; /help lists what there is. A question may begin with // for a slash.",
    ]);
    expect(ollama.questions).toEqual([]);
  });
});

describe("chat at a terminal", () => {
  const start = async () => {
    const chat = new CommandLine(args(), { terminal: true });
    await chat.shows("› ");
    return chat;
  };

  it("answers, remembers the inputs for the arrow keys, and ends with Ctrl+D", async () => {
    const chat = await start();
    chat.type("Why?\r");
    await chat.shows("tokens/s");
    await chat.shows("› ", 2);
    chat.type(`${UP}\r`);
    await chat.shows("tokens/s", 2);
    chat.type(CTRL_D);
    const { code, out } = await chat.ended;
    expect(code).toBe(0);
    expect(out).toBe(`${ollama.words}\n`.repeat(2));
    expect(messages(1)).toEqual([
      { role: "user", content: "Why?" },
      { role: "assistant", content: ollama.words },
      { role: "user", content: "Why?" },
    ]);
  });

  it("stops an answer at Ctrl+C, keeps what was shown, and goes on", async () => {
    const chat = await start();
    ollama.hangs = true;
    chat.type("Why?\r");
    await chat.shows("Air");
    chat.type(CTRL_C);
    await chat.shows("stopped");
    await chat.shows("› ", 2);
    ollama.hangs = false;
    chat.type("Go on.\r");
    await chat.shows("tokens/s");
    chat.type("/exit\r");
    expect((await chat.ended).code).toBe(0);
    expect(messages(1)).toEqual([
      { role: "user", content: "Why?" },
      { role: "assistant", content: "Air " },
      { role: "user", content: "Go on." },
    ]);
  });

  it("ends with 130 at Ctrl+C twice, and only empties a line that has text", async () => {
    const chat = await start();
    chat.type("half a question");
    await chat.shows("half a question");
    chat.type(CTRL_C);
    await chat.shows("^C");
    chat.type(CTRL_C);
    await chat.shows("Ctrl+C again ends, and so do Ctrl+D and /exit.");
    chat.type(CTRL_C);
    expect((await chat.ended).code).toBe(130);
    expect(ollama.questions).toEqual([]);
  });

  it("tells a failure, does not send the failed question again, and goes on", async () => {
    const chat = await start();
    ollama.refusal = { status: 500, error: "llama runner process has terminated" };
    chat.type("Why?\r");
    await chat.shows("error: POST /api/chat answered 500: llama runner process has terminated");
    ollama.refusal = undefined;
    chat.type("And now?\r");
    await chat.shows("tokens/s");
    chat.type(CTRL_D);
    expect((await chat.ended).code).toBe(0);
    expect(messages(1)).toEqual([{ role: "user", content: "And now?" }]);
  });

  it("wraps answers, and shows no control character of a model", async () => {
    ollama.words = `\u001b[2J${"word ".repeat(30)}end`;
    const chat = await start();
    chat.type("Why?\r");
    await chat.shows("tokens/s");
    chat.type(CTRL_D);
    const { out } = await chat.ended;
    expect(out).not.toContain("\u001b");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
