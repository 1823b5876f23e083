import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ServerError } from "../../../clients/errors";
import { Deadline } from "../../../clients/wait";
import { embed, embedOne } from "../../../rag/embed";
import { estimateTokens } from "../../../rag/tokens";
import { embeddings, ok, ScriptedOpenSearch } from "./scripted-opensearch";

const PATH = "/_plugins/_ml/models/m/_predict";
const TOO_LONG = "the input length exceeds the context length";
const requestBody = z.object({ parameters: z.object({ input: z.array(z.string()), truncate: z.literal("false") }) });

let opensearch: ScriptedOpenSearch;
/** How many letters the model takes at once, and a text of which it takes nothing. */
let most: number;
let hated: { readonly text: string; readonly status: number; readonly error: string } | undefined;
beforeEach(async () => {
  opensearch = await new ScriptedOpenSearch().start();
  most = Number.POSITIVE_INFINITY;
  hated = undefined;
  opensearch.script = ({ body }) => {
    const { input } = requestBody.parse(body).parameters;
    const refused = (status: number, reason: string) => ({ status, body: { error: { type: "x", reason } } });
    if (hated !== undefined && input.some((text) => text.includes(hated?.text ?? ""))) {
      return refused(hated.status, hated.error);
    }
    if (input.some((text) => text.length > most)) return refused(400, TOO_LONG);
    return ok(embeddings(input.map((text) => [text.includes("a") ? 1 : 0, text.includes("b") ? 1 : 0])));
  };
});
afterEach(() => opensearch.stop());

const soon = () => Deadline.after(30_000);
const embedder = () => ({ server: opensearch.server, modelId: "m", dimension: 2 });
const sent = () => opensearch.bodies(PATH).map((body) => requestBody.parse(body).parameters.input);

describe("embedding", () => {
  it("sends texts together, and asks the model to refuse what is too long for it", async () => {
    expect(await embed(embedder(), ["a", "b"], soon())).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(sent()).toEqual([["a", "b"]]);
  });

  it("sends a text that the model refuses in two, and makes one vector of theirs", async () => {
    most = 20;
    const [one, both, other] = await embed(embedder(), ["a", "aaaa aaaa aaaa. bbbb bbbb bbbb.", "b"], soon());
    expect([one, other]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(both).toEqual([expect.closeTo(Math.SQRT1_2), expect.closeTo(Math.SQRT1_2)]);
    expect(sent().at(-1)).toEqual(["b"]);
    expect(sent()).toContainEqual(["aaaa aaaa aaaa. ", "bbbb bbbb bbbb."]);
  });

  it("cuts in the middle what the estimate takes for one token, and draws lines short before", async () => {
    most = 2;
    expect(await embedOne(embedder(), "aaaaa", soon())).toEqual([1, 0]);
    await embedOne(embedder(), "-".repeat(900), soon());
    expect(sent().at(-1)).toEqual(["-"]);
  });

  it.each([
    ["English", "the wind of that harbour "],
    ["German", "Geschwindigkeitsbegrenzungen gelten "],
    ["Chinese", "人人生而自由"],
    ["a word without an end", "x"],
  ])("sends a long text in parts before the model refuses it: %s", async (_language, words) => {
    await embedOne(embedder(), words.repeat(400), soon());
    const parts = sent().flat();
    expect(parts.join("")).toBe(words.repeat(400));
    for (const part of parts) expect(estimateTokens(part, words.includes("the"))).toBeLessThanOrEqual(256);
  });

  it.each([
    ["too long even as one sign", 400, TOO_LONG],
    ["refused for another reason", 400, "invalid input"],
    ["one that its runner fails at", 500, "failed to encode response: json: unsupported value: NaN"],
  ])("leaves out a text that is %s, and has the vectors of the others", async (_why, status, error) => {
    hated = { text: "z", status, error };
    const [first, refusal, last] = await embed(embedder(), ["a", "z", "b"], soon());
    expect([first, last]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(refusal).toBeInstanceOf(ServerError);
    expect(refusal).toMatchObject({ status, reason: error });
  });

  it("throws what no other text would mend, at the first request", async () => {
    hated = { text: "", status: 403, error: "no permissions for [cluster:admin/opensearch/ml/predict]" };
    await expect(embed(embedder(), ["a", "b"], soon())).rejects.toThrow("no permissions");
    expect(sent()).toHaveLength(1);
  });

  it("of one text throws its refusal", async () => {
    hated = { text: "z", status: 400, error: "invalid input" };
    await expect(embedOne(embedder(), "z", soon())).rejects.toThrow("invalid input");
  });
});
