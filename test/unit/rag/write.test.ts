import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAll } from "../../../rag/write";
import { ok, ScriptedOpenSearch } from "./scripted-opensearch";

const written = (id: string) => ({ index: { _index: "i", _id: id, status: 201, result: "created" } });
const refused = (id: string, status: number, type: string, reason: string) => ({
  index: { _index: "i", _id: id, status, error: { type, reason, caused_by: { type: "x", reason: "because" } } },
});
const answer = (...items: object[]) =>
  ok({ took: 1, errors: items.some((item) => JSON.stringify(item).includes("error")), items });

describe("writing in bulk", () => {
  let server: ScriptedOpenSearch;
  beforeEach(async () => {
    server = await new ScriptedOpenSearch().start();
  });
  afterEach(() => server.stop());

  const idsOf = (body: unknown) =>
    (body as Record<string, { _id: string }>[]).flatMap((line) => line.index?._id ?? line.delete?._id ?? []);
  const sent = () => server.bodies("/i/_bulk").map(idsOf);
  const operations = ["a", "b", "c"].map((id) => ({ id, document: { text: id } }));

  it("sends documents and deletions as lines of JSON", async () => {
    server.script = () => answer(written("a"), { delete: { _index: "i", _id: "b", status: 404, result: "not_found" } });
    const result = await writeAll(server.server, "i", [{ id: "a", document: { text: "x" } }, { id: "b" }]);
    expect(server.bodies("/i/_bulk")).toEqual([[{ index: { _id: "a" } }, { text: "x" }, { delete: { _id: "b" } }]]);
    expect([...result]).toEqual([]);
  });

  it("sends again, alone, what a busy server put off", async () => {
    const rounds = [
      answer(written("a"), refused("b", 429, "es_rejected_execution_exception", "rejected"), written("c")),
      answer(refused("b", 429, "es_rejected_execution_exception", "rejected")),
      answer(written("b")),
    ];
    server.script = () => rounds.shift();
    expect([...(await writeAll(server.server, "i", operations))]).toEqual([]);
    expect(sent()).toEqual([["a", "b", "c"], ["b"], ["b"]]);
  });

  it("names each document that the server refuses, with its reason, and does not send it again", async () => {
    server.script = () =>
      answer(written("a"), refused("b", 400, "mapper_parsing_exception", "failed to parse"), written("c"));
    expect([...(await writeAll(server.server, "i", operations))]).toEqual([
      ["b", "mapper_parsing_exception: failed to parse: because"],
    ]);
    expect(sent()).toEqual([["a", "b", "c"]]);
  });

  it("throws when the whole request is refused, and calls nothing written", async () => {
    server.script = () => ({ status: 403, body: { error: { type: "security_exception", reason: "no permissions" } } });
    await expect(writeAll(server.server, "i", operations)).rejects.toThrow(
      "POST /i/_bulk answered 403 security_exception: no permissions",
    );
  });

  it("gives up on a server that stays busy, and says so of each document", { timeout: 30_000 }, async () => {
    server.script = ({ body }) => answer(...idsOf(body).map((id) => refused(id, 429, "busy", "queue full")));
    expect([...(await writeAll(server.server, "i", operations))]).toEqual(
      ["a", "b", "c"].map((id) => [id, "busy: queue full: because"]),
    );
    expect(sent()).toHaveLength(9);
  });
});
