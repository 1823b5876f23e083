import { describe, expect, it } from "vitest";
import { filledWith, placeholdersOf, substitute } from "../../../../providers/connector/substitution";

const P = "${parameters.";

/** Template, parameters, and what `StringSubstitutor` of the commons-text 1.14 in ML Commons 3.6 makes of them. */
const SEEN: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [`http://h/${P}x:-default}`, {}, "http://h/default"],
  [`http://h/${P}x:-default}`, { x: "v" }, "http://h/v"],
  [`http://h/${P}x}`, {}, `http://h/${P}x}`],
  [`http://h/$${P}x}`, { x: "v" }, `http://h/${P}x}`],
  [`$$${P}x}`, { x: "v" }, `$${P}x}`],
  [`${P}a:-${P}b}}`, { b: "v" }, `${P}b}`],
  [`${P}a:-${P}b}}`, { a: "v", b: "w" }, "v}"],
  [`${P}a${P}b}}`, { b: "v", av: "w" }, `${P}a${P}b}}`],
  [`${P}a${P}b}:-d}`, { b: "v" }, `${P}a${P}b}:-d}`],
  [`${P}a}`, { a: `${P}b}`, b: "v" }, "v"],
  [`${P}a}`, { a: `${P}b:-d}` }, "d"],
  [`${P}a}`, { a: `$${P}b}`, b: "v" }, `${P}b}`],
  [`${P}a}${P}b}`, { a: "x$", b: "v" }, `x${P}b}`],
  [`$${P}a}/${P}b}`, { a: "1", b: "2" }, `${P}a}/2`],
  [`${P}a:-}`, {}, ""],
  [`${P}a:-b:-c}`, {}, "b:-c"],
  [`${P}}`, {}, `${P}}`],
  [`${P}:-d}`, {}, "d"],
  [`${P}my key}`, { "my key": "v" }, "v"],
  [`${P}a`, { a: "v" }, `${P}a`],
  [`${P}a ${P}b}`, { b: "v" }, `${P}a ${P}b}`],
  [`${P}a:-{}}`, {}, "{}"],
  [`${P}a:-{}}`, { a: "v" }, "v}"],
  ["${ parameters.a}", { a: "v" }, "${ parameters.a}"],
  [`${P}a}${P}a}`, { a: "v" }, "vv"],
  [`${P}a:-x$}${P}b}`, { b: "v" }, `x${P}b}`],
  [`${P}A}`, { a: "v" }, `${P}A}`],
  [`${P}a:b}`, { "a:b": "v" }, "v"],
];

describe("placeholders are filled as the server fills them", () => {
  it.each(SEEN)("%s with %j is %s", (template, parameters, expected) => {
    expect(substitute(template, (name) => parameters[name])).toBe(expected);
  });

  it.each([
    { a: `${P}a}` },
    { a: `${P}b}`, b: `${P}a}` },
    Object.fromEntries(
      [..."abcdefghijklmnopqrstuvwxyz"].map((name, i, all) => [name, `${P}${all[i + 1]}:-}`.repeat(2)]),
    ),
  ])("%j, which has no end, is refused at once", (parameters: Record<string, string>) => {
    expect(() => substitute(`${P}a}`, (name) => parameters[name])).toThrow(/refers to itself/);
    expect(filledWith(`${P}a}`, parameters)).toBe(`${P}a}`);
  });

  it("what is no text is JSON, and nothing is no value", () => {
    const parameters = { n: 1, list: ["a"], none: null };
    expect(filledWith(`${P}n} ${P}list} ${P}none:-d}`, parameters)).toBe('1 ["a"] d');
  });

  it("each placeholder is told with its name, its default and its place", () => {
    expect(placeholdersOf(`a ${P}x} $${P}y} ${P}z:-1}`)).toStrictEqual([
      { name: "x", start: 2, end: 17 },
      { name: "z", fallback: "1", start: 35, end: 53 },
    ]);
  });
});
