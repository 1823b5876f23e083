import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSearch } from "../../clients/opensearch/connect";
import { predict } from "../../clients/opensearch/predict";
import { Deadline } from "../../clients/wait";
import { ollamaEmbedding } from "../../providers/connector/presets";
import { embed, embedOne } from "../../rag/embed";
import { cosine } from "../../rag/rank";
import { type RunningOllama, startOllama } from "../support/ollama";
import { type RagWorld, startRagWorld } from "./rag-support";

const soon = () => Deadline.after(60_000);
/** Two tokens of all-minilm's vocabulary each, and one by the estimate: too long for the model, and not known before. */
const UNDERESTIMATED = "xq ".repeat(256);

let ollama: RunningOllama;
let world: RagWorld;
let modelId: string;
beforeAll(async () => {
  ollama = await startOllama();
  world = await startRagWorld();
  modelId = await world.deploy("real", ollamaEmbedding({ endpoint: ollama.endpoint, model: "all-minilm" }));
});
afterAll(async () => {
  await world.stop();
  await ollama.stop();
});

const embedder = () => ({ server: openSearch(world.connection), modelId, dimension: 384 });

describe("the real all-minilm behind the real OpenSearch", { timeout: 60_000 }, () => {
  it("refuses what is too long where it is asked to, and cuts it in silence where it is not", async () => {
    const { server } = embedder();
    const ask = (more: object) => predict(server, modelId, { input: [UNDERESTIMATED], ...more }, soon());
    await expect(ask({ truncate: "false" })).rejects.toThrow("the input length exceeds the context length");
    expect((await ask({})).inference_results[0]?.output?.[0]?.data).toHaveLength(384);
  });

  it("has a vector of each text all the same, near to that of its parts", async () => {
    const [ship, odd] = await embed(embedder(), ["A ship carries cranes.", UNDERESTIMATED], soon());
    const part = await embedOne(embedder(), "xq ".repeat(128), soon());
    if (ship instanceof Error || odd instanceof Error) throw new Error("A text was refused.");
    expect([ship?.length, odd?.length]).toEqual([384, 384]);
    expect(cosine(odd ?? [], part)).toBeGreaterThan(0.99);
  });

  it.each([
    ["English", "Which ship carries cranes and lanterns to the harbour of the island? "],
    ["German", "Welches Schiff bringt die Hafenkräne und Positionslaternen zur Insel? "],
    ["Polish", "Który statek przewozi żurawie i latarnie do portu na wyspie? "],
    ["Chinese", "哪艘船把起重机和灯笼运到岛上的港口？"],
  ])("takes a question of many pages: %s", async (_language, sentence) => {
    const long = await embedOne(embedder(), sentence.repeat(100), soon());
    const short = await embedOne(embedder(), sentence, soon());
    expect(cosine(long, short)).toBeGreaterThan(0.7);
  });
});
