import { isRecord } from "../index/mapping";

/** Applies `filter_path`: comma-separated patterns of dotted paths, `*` for a name, `**` for any depth, `-` to exclude. */
export function filterPath(body: unknown, patterns: string | undefined): unknown {
  if (!patterns || !isRecord(body)) return body;
  const all = patterns.split(",").map((pattern) => pattern.trim());
  const excludes = all.filter((pattern) => pattern.startsWith("-")).map((pattern) => pattern.slice(1));
  const includes = all.filter((pattern) => !pattern.startsWith("-"));
  const kept = includes.length > 0 ? keep(body, includes) : body;
  const left = excludes.length > 0 ? drop(kept, excludes) : kept;
  return left ?? {};
}

function keep(value: unknown, patterns: readonly string[]): unknown {
  if (patterns.includes("")) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => keep(item, patterns)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isRecord(value)) return undefined;
  const fields = Object.entries(value).map(([name, field]) => [name, keep(field, rest(name, patterns))] as const);
  const kept = fields.filter(([, field]) => field !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function drop(value: unknown, patterns: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => drop(item, patterns));
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => ({ name, field, left: rest(name, patterns) }));
  return Object.fromEntries(
    fields.filter(({ left }) => !left.includes("")).map(({ name, field, left }) => [name, drop(field, left)]),
  );
}

/** What is left of the patterns below a field; "" when a pattern ends there. Names with dots count as several parts. */
function rest(name: string, patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    const left: string[] = [];
    if (pattern.startsWith("**"))
      left.push(
        pattern,
        ...rest(
          name,
          [pattern.slice(2).replace(/^\./, "")].filter((part) => part !== ""),
        ),
      );
    if (pattern === name || pattern === "**") left.push("");
    if (pattern.startsWith(`${name}.`)) left.push(pattern.slice(name.length + 1));
    const [head = "", ...tail] = pattern.split(".");
    if (head.includes("*") && !head.startsWith("**") && globMatches(head, name)) left.push(tail.join("."));
    return left;
  });
}

function globMatches(glob: string, name: string): boolean {
  const source = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(name);
}
