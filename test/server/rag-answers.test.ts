import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ollamaGenerate } from "../../providers/connector/presets";
import { commandLine } from "../support/command-line";
import { type RagWorld, startRagWorld } from "./rag-support";

const QUESTION = "Which ship carries cranes?";
const INSTRUCTION =
  "Answer from the search results only, citing them as [1]. If they do not answer the question, say so.";
const SHIPS = '# Ships\n\n## Alke\n\nIt carries lanterns.\n\n## Skarv\n\nIt carries "tall" cranes,\nand a crew.\n';
const SKARV = 'It carries "tall" cranes,\nand a crew.';
const ALKE = "It carries lanterns.";

let world: RagWorld;
const rag = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  commandLine(["rag", ...args], { environment: { ...world.environment, ...environment } });
const told = async (environment: NodeJS.ProcessEnv = {}) =>
  JSON.parse((await rag(["ask", QUESTION, "--json"], environment)).out) as Record<string, unknown>;

async function ingested(text = SHIPS): Promise<void> {
  await world.renew();
  world.write("ships.md", text);
  expect(await rag(["ingest", world.folder])).toMatchObject({ code: 0 });
}

describe.each(["generate", "openai"] as const)("the cluster writes the prompt for a model that takes %s", (api) => {
  beforeAll(async () => {
    world = await startRagWorld({ api });
  });
  afterAll(() => world.stop());
  beforeEach(() => ingested());

  it("of the passages that were found, in their order, and then the question", async () => {
    const { code, out, err } = await rag(["ask", QUESTION]);
    expect([code, out]).toEqual([0, "It says so [1].\n\nSources:\n  [1] ships.md · Ships > Skarv\n"]);
    expect(err).toMatch(/^Searched by the cluster itself\.\nm through OpenSearch · \d+\.\d s\n$/);
    const [prompt = ""] = world.words.prompts;
    const results = [`SEARCH RESULT 1: ${SKARV}`, `SEARCH RESULT 2: ${ALKE}`];
    if (api === "generate") {
      // The processor joins by a backslash and an n.
      expect(prompt).toBe([INSTRUCTION, ...results, `QUESTION: ${QUESTION}`, ""].join("\\n"));
      return;
    }
    const text = (each: string) => ({ type: "text", text: each });
    expect(JSON.parse(prompt)).toEqual([
      { role: "system", content: [text(INSTRUCTION)] },
      { role: "user", content: [...results, `QUESTION: ${QUESTION}\n`, "ANSWER:"].map(text) },
    ]);
  });

  it("and tells what the model server refuses", async () => {
    world.words.mood = { status: 404, body: { error: "model 'm' not found" } };
    const { code, err } = await rag(["ask", QUESTION]);
    expect([code, err]).toEqual([
      1,
      [
        `error: POST /passages/_search answered 404 status_exception: Error from remote service: {"error":"model 'm' not found"}`,
        "  cause: Ollama does not have this model under this name and tag.",
        "  fix: Add an OllamaModel for it (or run ollama pull NAME:TAG), and let the DeployedModel depend on it.",
        "",
      ].join("\n"),
    ]);
  });

  it("and explains that an answer in another form is none", async () => {
    world.words.mood = { status: 200, body: { done: true } };
    const { code, err } = await rag(["ask", QUESTION]);
    const refusal = {
      generate: "200: Unknown error or response.",
      openai: '500 null_pointer_exception: Cannot invoke "java.util.Map.get(Object)" because "error" is null',
    };
    expect(code).toBe(1);
    expect(err).toContain(
      `error: POST /passages/_search answered ${refusal[api]}\n  cause: By default the pipeline reads choices[0]`,
    );
  });

  it("and says once, not after several tries, that the model is slow when the caller's time limit is reached", async () => {
    world.words.mood = "silent";
    const { code, err } = await rag(["ask", QUESTION, "--timeout-seconds", "0.5"]);
    expect(code).toBe(1);
    expect(err).toContain("error: No answer from m in OpenSearch's RAG pipeline within 0.5 s.\n");
    expect(world.words.prompts.length).toBeLessThanOrEqual(1);
  });
});

describe("ollama-chat writes the prompt", () => {
  const bySelf = async (environment: NodeJS.ProcessEnv = {}) => {
    expect(await told(environment)).toMatchObject({ answer: "It says so [1].", answeredBy: "prompt" });
    const [prompt = ""] = world.words.prompts;
    expect(prompt).toContain(`Question: ${QUESTION}`);
    return prompt;
  };

  beforeAll(async () => {
    world = await startRagWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => ingested());

  it("where a passage would be taken for a template", async () => {
    await ingested(SHIPS.replace("lanterns", "${parameters.model} lanterns"));
    expect(await bySelf()).toContain("It carries $\u2060{parameters.model} lanterns.");
  });

  it("where the processor is switched off", async () => {
    const key = "plugins.ml_commons.rag_pipeline_feature_enabled";
    await world.api("PUT", "/_cluster/settings", { persistent: { [key]: false } });
    await bySelf();
    await world.api("PUT", "/_cluster/settings", { persistent: { [key]: null } });
    expect(await told()).toMatchObject({ answeredBy: "cluster" });
  });

  it("where the model's connector takes a prompt and nothing else", async () => {
    const preset = ollamaGenerate({ endpoint: world.words.endpoint, model: "m" });
    const { prompt: _, ...parameters } = preset.parameters;
    const id = await world.deploy("older", { ...preset, parameters });
    world.words.prompts.length = 0;
    await bySelf({ OLLAMA_CHAT_MODEL_ID: id });
  });

  it("where the name of the model is not known", async () => {
    await bySelf({ OLLAMA_CHAT_MODEL: undefined });
  });
});

it("of a model that takes openai, the one that the command knows is asked for", async () => {
  world = await startRagWorld({ api: "openai" });
  try {
    await ingested();
    expect(await told({ OLLAMA_CHAT_MODEL: "other:1b" })).toMatchObject({ model: "other:1b", answeredBy: "cluster" });
    expect(world.words.models).toEqual(["other:1b"]);
  } finally {
    await world.stop();
  }
});

describe("a model that takes chat", () => {
  beforeAll(async () => {
    world = await startRagWorld({ api: "chat" });
  });
  afterAll(() => world.stop());

  it("is asked by a prompt of ollama-chat, since its answers are in no form that the processor reads", async () => {
    await ingested();
    expect(await told()).toMatchObject({ answer: "It says so [1].", answeredBy: "prompt" });
  });
});
