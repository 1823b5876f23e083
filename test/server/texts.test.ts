import { describe, expect, it } from "vitest";
import { javaPattern } from "../../emulator/cluster/regex";
import { ApiError } from "../../emulator/errors";
import { filterPath } from "../../emulator/http/filter-path";
import { checkParameters } from "../../emulator/http/router";
import { doubleText, escapeJson, JavaDouble, prettyText, stringify } from "../../emulator/json/java";
import { isJson } from "../../emulator/json/lenient";
import { parseJson } from "../../emulator/json/parse";
import { escapeParameters } from "../../emulator/ml/payload";
import { readPath } from "../../emulator/ml/process-functions";
import { substitute } from "../../emulator/ml/template";

describe("templates", () => {
  it.each([
    ["a ${parameters.x} b", { x: "1" }, "a 1 b"],
    ["${parameters.x:-dflt}", {}, "dflt"],
    ["${parameters.x:-dflt}", { x: "" }, ""],
    ["${parameters.nope}", { x: "1" }, "${parameters.nope}"],
    ["${parameters.x}", { x: "${parameters.y}", y: "deep" }, "deep"],
    ["$${parameters.x}", { x: "1" }, "${parameters.x}"],
    ["${parameters.x} $1 ${x}", { x: "a" }, "a $1 ${x}"],
    ["${parameters.x", { x: "a" }, "${parameters.x"],
  ])("fill %j", (template, values, filled) => {
    expect(substitute(template, values as Record<string, string>, "parameters")).toBe(filled);
  });

  it("refuse a value that contains itself, in Commons Text's words", () => {
    const fill = () => substitute('{"p":"${parameters.p}"}', { p: "${parameters.p}" }, "parameters");
    expect(fill).toThrow('Infinite loop in property interpolation of {"p":"${parameters.p}"}: p');
  });

  it("do not see credentials through parameters", () => {
    expect(substitute("${credential.key}", { key: "s3cret" }, "parameters")).toBe("${credential.key}");
  });
});

describe("what counts as JSON", () => {
  it.each(["{}", "[]", '{"a":1}', "[1,2]", "{a: b}", "{ 'a' : [true, null] }", '{"a":"x\\ty"}', " {} "])(
    "yes: %s",
    (text) => {
      expect(isJson(text)).toBe(true);
    },
  );

  it.each([
    "",
    " ",
    "x",
    "5",
    '"x"',
    "null",
    "{",
    "{not json",
    '{"a":"two\nlines"}',
    '{"a":"b"c"}',
    '[]"',
    "{} {}",
    "{ a: ${x} }",
  ])("no: %j", (text) => {
    expect(isJson(text)).toBe(false);
  });

  it("decides what a prompt is escaped by: objects, arrays and named parameters stay raw", () => {
    const given = { a: 'say "hi"/ü', b: '{"x":1}', c: 'raw "', no_escape_params: "c, d" };
    expect(escapeParameters(given)).toEqual({ ...given, a: 'say \\"hi\\"\\/\\u00FC', no_escape_params: "c, d" });
  });
});

describe("texts as Java writes them", () => {
  it.each([
    [7, "7.0"],
    [0, "0.0"],
    [0.5, "0.5"],
    [1_767_225_600, "1.7672256E9"],
    [1e-4, "1.0E-4"],
    [1.2345678901234567e19, "1.2345678901234567E19"],
  ])("%d is %s", (value, text) => {
    expect(doubleText(value)).toBe(text);
  });

  it("keep doubles apart from whole numbers", () => {
    expect(stringify({ a: new JavaDouble(7), b: 7, c: undefined, d: [undefined] })).toBe('{"a":7.0,"b":7,"d":[null]}');
  });

  it("are spread over lines when asked for", () => {
    const text = '{\n  "a" : [\n    7.0,\n    { }\n  ],\n  "b" : null\n}';
    expect(prettyText({ a: [new JavaDouble(7), {}], b: null, c: undefined })).toBe(text.replace("{ }", "{}"));
  });

  it("escape everything beyond ASCII", () => {
    expect(escapeJson('\u0001"\\/é\u{1F600}')).toBe('\\u0001\\"\\\\\\/\\u00E9\\uD83D\\uDE00');
  });
});

describe("expressions", () => {
  it.each([
    ["^http://a:1/.*$", "http://a:1/x", true],
    ["a:1", "http://a:1/x", false],
    ["(?i)HTTP://A", "http://a", true],
    ["\\Qa.b\\E", "a.b", true],
    ["\\Qa.b\\E", "axb", false],
    ["\\Ahttp.*+\\z", "http://x", true],
  ])("%s on %s: %s", (pattern, text, fits) => {
    expect(javaPattern(pattern).test(text)).toBe(fits);
  });

  it.each([
    ["[bad", "Unclosed character class near index 3\n[bad\n   ^"],
    ["(a", "Unclosed group near index 2\n(a"],
    ["*", "Dangling meta character '*' near index 0\n*\n^"],
  ])("that are wrong are named as Java names them: %s", (pattern, text) => {
    expect(() => javaPattern(pattern)).toThrow(text);
  });
});

describe("request bodies", () => {
  const problem = (text: string) => {
    try {
      parseJson(text);
      return "none";
    } catch (error) {
      return error instanceof ApiError ? error.detail.type : "other";
    }
  };

  it.each([
    ["{bad", "json_parse_exception"],
    ['{"a":1,"a":2}', "json_parse_exception"],
    ['{"a":1} x', "json_parse_exception"],
    ['{"a":"x\ny"}', "json_parse_exception"],
    ['{"a":', "json_e_o_f_exception"],
    ['{"name":"x"', "json_e_o_f_exception"],
    ['{"a":[1,-2.5e3,"\\u00e9",true,null]}', "none"],
  ])("%j: %s", (text, type) => {
    expect(problem(text)).toBe(type);
  });

  it("remember where each value stood", () => {
    const node = parseJson('{\n "a": null}');
    expect(node.kind === "object" && node.fields[0]?.value).toEqual({ kind: "null", line: 2, column: 7 });
  });
});

describe("filter_path", () => {
  const body = { a: { b: 1, c: [{ d: 1, e: 2 }] }, "x.y": 3, z: 4 };
  it.each([
    ["a.b", { a: { b: 1 } }],
    ["a.c.d", { a: { c: [{ d: 1 }] } }],
    ["*.b,z", { a: { b: 1 }, z: 4 }],
    ["**.e", { a: { c: [{ e: 2 }] } }],
    ["x.y", { "x.y": 3 }],
    ["-a,-z", { "x.y": 3 }],
    ["nope", {}],
  ])("%s", (patterns, kept) => {
    expect(filterPath(body, patterns)).toEqual(kept);
  });
});

describe("JSONPath", () => {
  const body = { choices: [{ message: { content: "hi" } }], data: [{ embedding: [1] }, { embedding: [2] }] };
  it.each([
    ["$.choices[0].message.content", "hi"],
    ["$['choices'][0]", body.choices[0]],
    ["$.data[*].embedding", [[1], [2]]],
    ["$.data[*].nope", []],
  ])("%s", (path, found) => {
    expect(readPath(body, path)).toEqual(found);
  });

  it.each([
    ["$.nope", "No results for path: $['nope']"],
    ["$.nope.x", "Missing property in path $['nope']"],
    ["$.choices[3].x", "Missing property in path $['choices'][3]"],
  ])("%s says what is missing", (path, text) => {
    expect(() => readPath(body, path)).toThrow(text);
  });
});

describe("unknown query parameters", () => {
  const route = {
    method: "GET",
    pattern: "/x",
    handler: () => ({ status: 200 }),
    parameters: ["flat_settings", "local"],
  };
  it.each([
    ["bogus", "request [/x] contains unrecognized parameter: [bogus]"],
    ["flat_setting", "request [/x] contains unrecognized parameter: [flat_setting] -> did you mean [flat_settings]?"],
  ])("%s", (name, text) => {
    expect(() => checkParameters(route, "/x", new Map([[name, ""]]))).toThrow(text);
  });
});
