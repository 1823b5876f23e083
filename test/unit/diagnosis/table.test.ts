import { describe, expect, it } from "vitest";
import { symptomFor } from "../../../diagnosis/diagnose";
import { THEMES } from "../../../diagnosis/themes";
import { PROVOKED } from "../../server/diagnosis/all";
import { alternatives } from "./alternatives";
import { failureInWords } from "./failure-in-words";
import { SOURCED } from "./texts";

const ROWS = THEMES.flatMap(({ symptoms }) => symptoms);
const TOLD = ROWS.filter(({ signs }) => signs !== undefined);
const WORDED = TOLD.map((row) => ({ ...row, says: (row.signs ?? []).flatMap(({ says }) => says ?? []) }));

/** Texts that a test makes a real server say, and texts whose source the row states. */
function textsOf(row: string): { provoked: string[]; sourced: string[] } {
  return {
    provoked: PROVOKED.filter((one) => one.row === row).map(({ says }) => says),
    sourced: SOURCED.filter(([id]) => id === row).map(([, text]) => text),
  };
}

describe("whatever a row looks for is said by a real server, or the row says where it stands", () => {
  it.each(WORDED)("$id: every text it looks for was provoked, or has a source", ({ id, says, source }) => {
    const { provoked, sourced } = textsOf(id);
    const unsaid = says.flatMap(alternatives).filter((one) => !provoked.some((text) => one.test(text)));
    const unfounded = unsaid.filter((one) => source === undefined || !sourced.some((text) => one.test(text)));
    expect(unfounded.map(({ source: words }) => words)).toEqual([]);
    // A source that nothing is left for is out of date.
    expect(source === undefined, "a source is stated where something is not provoked").toBe(unsaid.length === 0);
  });
});

describe("texts whose source is stated", () => {
  it.each(SOURCED)("%s is known by: %s", (id, text) => {
    expect(symptomFor(failureInWords(text))?.id).toBe(id);
  });

  it("each is of a row that states one, and none is provoked as well", () => {
    const founded = new Set(ROWS.filter(({ source }) => source !== undefined).map(({ id }) => id));
    expect(SOURCED.filter(([id]) => !founded.has(id))).toEqual([]);
    const said = new Set(PROVOKED.map(({ says }) => says));
    expect(SOURCED.filter(([, text]) => said.has(text))).toEqual([]);
  });
});

describe("provocations", () => {
  it.each(PROVOKED.filter(({ explainsItself }) => !explainsItself))("$row is known by: $says", ({ row, says }) => {
    expect(symptomFor(failureInWords(says))?.id).toBe(row);
  });

  it("each is of a row, and is named once", () => {
    const ids = new Set(ROWS.map(({ id }) => id));
    expect(PROVOKED.filter(({ row }) => !ids.has(row))).toEqual([]);
    expect(TOLD.filter(({ id, source }) => source === undefined && !PROVOKED.some(({ row }) => row === id))).toEqual(
      [],
    );
    const names = PROVOKED.map(({ row, how }) => `${row}: ${how}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe("alternatives", () => {
  it.each([
    [/a|b/, ["a", "b"]],
    [/a(?:b|c)d/, ["a(?:b)d", "a(?:c)d"]],
    [/x|a(?:b|c)(?:d|e)?/, ["x", "a(?:b)(?:d|e)?", "a(?:c)(?:d|e)?", "a(?:b|c)(?:d)?", "a(?:b|c)(?:e)?"]],
    [/a[|(]\|b/, ["a[|(]\\|b"]],
    [/a(?!b|c)/, ["a(?!b|c)"]],
  ])("of %s are $1", (regex, found) => {
    expect(alternatives(regex).map(({ source }) => source)).toEqual(found);
  });
});
