import { describe, expect, it } from "vitest";
import { check, checkEmpty, type Standing } from "../../chaos/check";
import { NOBODY } from "../../chaos/foreign";
import { PRIVATE, programOf, TRUSTED, UNEDITED, wantedEntry } from "../../chaos/program";
import type { Sight } from "../../chaos/server";

const program = programOf({
  connection: { endpoint: "http://h" },
  endpoint: "http://127.0.0.1:1",
  flavour: { named: true, described: true },
  edits: UNEDITED,
  prefix: "mine",
  key: "k",
  parts: ["settings", "group"],
});
const description = "The group of mine, as edit 0 says (Pulumi 01234567/0123456789ab)";
const kept = [
  { name: "settings", type: "ClusterSetting", id: "s", outputs: {} },
  { name: "group", type: "ModelGroup", id: "g", outputs: {} },
];
const stack: Standing = { title: "the stack", program, kept, isNeighbour: false };
const entries = ["^http://127\\.0\\.0\\.1:1/api/generate$", wantedEntry("mine", 0)];
const sight: Sight = {
  objects: [{ id: "g", type: "ModelGroup", fields: { name: "mine group", description } }],
  settings: { [TRUSTED]: entries, [PRIVATE]: "true" },
  claims: [],
};
const foreign = { ids: ["f"], settings: { [TRUSTED]: ["theirs"] } };

describe("the look at a cluster after a step", () => {
  it("finds nothing where server, state and program are the same", () => {
    expect(check(sight, [stack], NOBODY)).toEqual([]);
  });

  it("finds an object that is in no state", () => {
    const more = { ...sight, objects: [...sight.objects, { id: "x", type: "Connector", fields: {} }] };
    expect(check(more, [stack], NOBODY)).toEqual([{ column: "duplicated", text: "Connector x is in no state" }]);
  });

  it("finds what the server lacks, shows otherwise, and what the state does not have", () => {
    const columns = (found: Sight, standing = stack) => check(found, [standing], NOBODY).map(({ text }) => text);
    expect(columns({ ...sight, objects: [] })).toEqual(["the stack: group g is not on the server"]);
    const renamed = [{ id: "g", type: "ModelGroup", fields: { name: "other", description } }];
    expect(columns({ ...sight, objects: renamed })).toEqual(['the stack: group has name "other", not "mine group"']);
    expect(columns(sight, { ...stack, kept: kept.slice(1) })).toEqual(["the stack: settings is not in the state"]);
    expect(columns({ ...sight, objects: [] }, { ...stack, program: program.slice(0, 1) })).toEqual([
      "the stack: group is in the state only",
    ]);
  });

  it("finds an entry that a stack needs, a value that it wants, and an entry that was there before", () => {
    const lost = { ...sight, settings: { [TRUSTED]: entries.slice(0, 1), [PRIVATE]: "false" } };
    expect(check(lost, [stack], { ...foreign, ids: [] })).toEqual([
      { column: "settings", text: `the stack: ${TRUSTED} lacks ${entries[1]}` },
      { column: "settings", text: `the stack: ${PRIVATE} is "false", not true` },
      { column: "settings", text: `${TRUSTED} lacks theirs, which was there before` },
    ]);
  });

  it("finds harm to a neighbour, and to what was made by hand", () => {
    const found = check({ ...sight, objects: [] }, [{ ...stack, isNeighbour: true }], { ...foreign, settings: {} });
    expect(found).toEqual([
      { column: "neighbour", text: "the stack: group g is not on the server" },
      { column: "neighbour", text: "f, made by hand, is gone" },
    ]);
  });

  it("finds at the end whatever is left, and each setting that is not as it was", () => {
    const end = { objects: sight.objects, settings: { [PRIVATE]: "true" }, claims: ["claim"] };
    expect(checkEmpty(end, NOBODY)).toEqual([
      { column: "orphaned", text: "ModelGroup g is left" },
      { column: "orphaned", text: "the claim claim is left" },
      { column: "settings", text: `${PRIVATE} is "true" and was not set` },
    ]);
    expect(checkEmpty({ objects: [], settings: {}, claims: [] }, NOBODY)).toEqual([]);
  });
});
