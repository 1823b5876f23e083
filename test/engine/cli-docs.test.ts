import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ChatWorld, PASSWORD, startChatWorld } from "../server/cli-support";
import { DocumentShell } from "./support/document-shell";

const FILE = "test/engine/cli-docs.test.ts";

// The blocks of docs/cli.md, word for word, with the built command. Variables lead it to servers of this test.
describe("the commands in docs/cli.md", () => {
  let world: ChatWorld;
  let shell: DocumentShell;
  beforeAll(async () => {
    world = await startChatWorld("generate");
    for (const [name, value] of Object.entries(world.environment)) vi.stubEnv(name, value);
    shell = new DocumentShell(FILE);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    shell?.remove();
    await world?.stop();
  });

  it("the command tells its version and its commands", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed).toMatch(/^\d+\.\d+\.\d+/);
    for (const command of ["ask", "chat", "prompt", "models", "doctor", "rag"]) {
      expect(printed).toMatch(new RegExp(`^ {2}${command} `, "m"));
    }
  });

  it("a question is answered, piped, direct and as JSON", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed.split(world.ollama.words)).toHaveLength(6);
    expect(printed).toContain('"through": "opensearch"');
    expect(world.ollama.questions.map(({ path }) => path)).toEqual([
      "/api/generate",
      "/api/generate",
      "/api/generate",
      "/api/chat",
      "/api/generate",
    ]);
  });

  it("a conversation without a terminal is answered", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed.split(world.ollama.words)).toHaveLength(5);
    expect(printed).toContain('{"turn":2,"question":"What is my name?",');
  });

  it("prompts are answered, built in and one's own", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed.split(world.ollama.words)).toHaveLength(4);
    expect(printed).toContain("Answer in a friendly voice: Why is the sky blue?\n");
  });

  it("the models there are, and the guide's, are listed", async ({ task }) => {
    const printed = await shell.runBlocks(task.name);
    expect(printed).toMatch(/^smollm2:135m +DEPLOYED +\S+ \* /m);
    expect(printed).toMatch(/^mistral:13b +general chat/m);
    expect(printed).not.toContain(PASSWORD);
  });
});
