import type { Answer, Expectation, Names } from "./scenario";

/** Fills `{{name}}` in texts, keys and values. */
export function expand<T>(value: T, names: Names): T;
export function expand(value: unknown, names: Names): unknown {
  if (typeof value === "string") {
    return value.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in names ? String(names[name]) : whole));
  }
  if (Array.isArray(value)) return value.map((item) => expand(item as unknown, names));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [expand(key, names), expand(field, names)]));
}

/** The value at `$.a.b[0]['with.dot']`; null when it isn't there. */
export function pick(value: unknown, path: string): unknown {
  let at = value;
  for (const [, name, index, quoted] of path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (index !== undefined) at = Array.isArray(at) ? at[Number(index)] : undefined;
    else at = isRecord(at) ? at[name ?? quoted ?? ""] : undefined;
    if (at === undefined || at === null) return null;
  }
  return at;
}

/** Differences between an answer and what was recorded; none when it is one of several allowed answers. */
export function checkAnswer(expected: Expectation | { one_of: Expectation[] }, answer: Answer, names: Names): string[] {
  if ("one_of" in expected) {
    const tries = expected.one_of.map((one) => checkAnswer(one, answer, names)).sort((a, b) => a.length - b.length);
    const best = tries[0] ?? [];
    return best.length === 0 ? [] : [`none of the ${tries.length} allowed answers; the closest differs so:`, ...best];
  }
  if (answer.status !== expected.status) {
    return [`status: expected ${expected.status}, got ${answer.status}, body ${short(answer.body)}`];
  }
  const { content_type: type } = expected;
  const wrongType = type !== undefined && answer.contentType !== type;
  const problems = wrongType ? [`content type: expected ${type}, got ${answer.contentType}`] : [];
  return "body" in expected ? [...problems, ...compare(expected.body, answer.body, names)] : problems;
}

const KINDS: Record<string, (value: unknown) => boolean> = {
  "<any>": () => true,
  "<any:string>": (value) => typeof value === "string",
  "<any:number>": (value) => typeof value === "number",
  "<any:boolean>": (value) => typeof value === "boolean",
  "<any:object>": isRecord,
  "<any:array>": Array.isArray,
};

/** Differences between a recorded value, with its placeholders, and a real one. */
export function compare(expected: unknown, got: unknown, names: Names, at = "$"): string[] {
  if (typeof expected === "string") return compareText(expected, got, names, at);
  if (Array.isArray(expected)) return compareArray(expected, got, names, at);
  if (isRecord(expected)) return compareObject(expected, got, names, at);
  return Object.is(expected, got) || expected === got ? [] : [difference(at, expected, got)];
}

function compareText(expected: string, got: unknown, names: Names, at: string): string[] {
  const kind = KINDS[expected];
  if (kind) return kind(got) ? [] : [difference(at, expected, got)];
  const same = /^<same:(\w+)>$/.exec(expected)?.[1];
  if (same !== undefined) return got === names[same] ? [] : [difference(at, names[same], got)];
  const like = /^<like:(.*)>$/s.exec(expected)?.[1];
  if (like === undefined) {
    const wanted = expand(expected, names);
    return got === wanted ? [] : [difference(at, wanted, got)];
  }
  const parts = expand(like, names)
    .split("*")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  const fits = typeof got === "string" && new RegExp(`^${parts.join(".*")}$`, "s").test(got);
  return fits ? [] : [`${at}: expected text like ${short(expand(like, names))}, got ${short(got)}`];
}

function compareObject(expected: Record<string, unknown>, got: unknown, names: Names, at: string): string[] {
  if (!isRecord(got)) return [difference(at, "an object", got)];
  const problems: string[] = [];
  const used = new Set<string>();
  for (const [key, value] of Object.entries(expected)) {
    if (key === "<other>" || key === "<any:key>") continue;
    const name = expand(key, names);
    used.add(name);
    if (name in got) problems.push(...compare(value, got[name], names, `${at}.${name}`));
    else problems.push(`${at}.${name}: missing (expected ${short(value)})`);
  }
  const rest = Object.keys(got).filter((key) => !used.has(key));
  if ("<any:key>" in expected) {
    const [only = ""] = rest;
    if (rest.length !== 1) return [...problems, `${at}: expected exactly one more key, got ${short(rest)}`];
    return [...problems, ...compare(expected["<any:key>"], got[only], names, `${at}.${only}`)];
  }
  if ("<other>" in expected) return problems;
  return [...problems, ...rest.map((key) => `${at}.${key}: not expected, got ${short(got[key])}`)];
}

function compareArray(expected: unknown[], got: unknown, names: Names, at: string): string[] {
  if (!Array.isArray(got)) return [difference(at, "an array", got)];
  const [mark, ...wanted] = expected;
  if (mark === "<contains>") {
    const missing = wanted.filter((item) => !got.some((other) => compare(item, other, names).length === 0));
    return missing.map((item) => `${at}: no element matches ${short(item)}`);
  }
  if (mark === "<set>") return compareSet(wanted, got, names, at);
  if (expected.length !== got.length) return [difference(at, `${expected.length} elements`, got)];
  return expected.flatMap((item, index) => compare(item, got[index], names, `${at}[${index}]`));
}

function compareSet(wanted: unknown[], got: unknown[], names: Names, at: string): string[] {
  const left = [...got];
  const problems: string[] = [];
  for (const item of wanted) {
    const hit = left.findIndex((other) => compare(item, other, names).length === 0);
    if (hit >= 0) left.splice(hit, 1);
    else problems.push(`${at}: no element matches ${short(item)}`);
  }
  return [...problems, ...left.map((item) => `${at}: element not expected: ${short(item)}`)];
}

function difference(at: string, expected: unknown, got: unknown): string {
  return `${at}: expected ${short(expected)}, got ${short(got)}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length < 300 ? text : `${text.slice(0, 300)}...`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
