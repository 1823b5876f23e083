/**
 * The alternatives of a regex, each alone: those that bars part, and within each those of every `(?:...)` in turn. One
 * that matches none of the given texts is looked for in vain.
 */
export function alternatives({ source, flags }: RegExp): RegExp[] {
  return branchesOf(source)
    .flatMap(withEachOption)
    .map((one) => new RegExp(one, flags));
}

function withEachOption(branch: string): string[] {
  const options = groupsIn(branch).flatMap(({ start, end }) => {
    const inside = branchesOf(branch.slice(start, end));
    return inside.length < 2 ? [] : inside.map((one) => `${branch.slice(0, start)}${one}${branch.slice(end)}`);
  });
  return options.length > 0 ? options : [branch];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is inside each `(?:...)`; look-arounds say what must not be there, and are no alternatives. */
function groupsIn(source: string): Span[] {
  const open: number[] = [];
  const found: Span[] = [];
  for (const { at, character } of significant(source)) {
    if (character === "(") open.push(at);
    if (character !== ")") continue;
    const start = open.pop() ?? 0;
    if (source.startsWith("(?:", start)) found.push({ start: start + 3, end: at });
  }
  return found;
}

/** Parts between bars that stand in no group. */
function branchesOf(source: string): string[] {
  let depth = 0;
  let from = 0;
  const branches: string[] = [];
  for (const { at, character } of significant(source)) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character !== "|" || depth > 0) continue;
    branches.push(source.slice(from, at));
    from = at + 1;
  }
  return [...branches, source.slice(from)];
}

/** Characters that mean something, without escaped ones and those in brackets. */
function* significant(source: string): Generator<{ at: number; character: string }> {
  let inBrackets = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? "";
    if (character === "\\") at++;
    else if (character === "[") inBrackets = true;
    else if (character === "]") inBrackets = false;
    else if (!inBrackets) yield { at, character };
  }
}
