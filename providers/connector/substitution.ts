const PREFIX = "${parameters.";
const SUFFIX = "}";
const DEFAULT = ":-";
/** Far beyond any request; parameters that double each other at every step end here. */
const MOST_STEPS = 100_000;
const LONGEST = 1_000_000;

/** One `${parameters.name}` or `${parameters.name:-fallback}` of a text. */
export interface Placeholder {
  readonly name: string;
  /** What stands for it where nobody gives a value. */
  readonly fallback?: string;
  readonly start: number;
  /** Behind its brace. */
  readonly end: number;
}

/** A parameter that leads back to itself; the server refuses it in its own words. */
export class EndlessSubstitution extends Error {
  constructor(readonly parameter: string) {
    super(`parameters.${parameter} leads back to itself`);
    this.name = "EndlessSubstitution";
  }
}

/**
 * The placeholders of a text, read as the server reads them, which is Apache's `StringSubstitutor` (commons-text 1.14):
 * a name ends at the first `}`, also where a default begins that holds one; `$${parameters.x}` is no placeholder but
 * text; one inside another is not replaced.
 */
export function placeholdersOf(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  let at = text.indexOf(PREFIX);
  while (at >= 0) {
    const isEscaped = text[at - 1] === "$";
    const close = isEscaped ? -1 : text.indexOf(SUFFIX, at + PREFIX.length);
    if (!isEscaped && close < 0) return found;
    if (!isEscaped) found.push({ ...parts(text.slice(at + PREFIX.length, close)), start: at, end: close + 1 });
    at = text.indexOf(PREFIX, isEscaped ? at + 1 : close + 1);
  }
  return found;
}

/**
 * A text with its placeholders replaced as the server does it: values are searched for placeholders in turn, and one
 * without value or default stays as it stands.
 *
 * @throws EndlessSubstitution as the server does.
 */
export function substitute(text: string, valueFor: (name: string) => string | undefined): string {
  return replaced(text, { valueFor, steps: 0 }, []);
}

/** A text with placeholders replaced by a connector's own parameters; one that has no end stays as it is. */
export function filledWith(text: string, parameters: Readonly<Record<string, unknown>>): string {
  try {
    return substitute(text, (name) => parameterText(parameters[name]));
  } catch {
    return text;
  }
}

interface Run {
  readonly valueFor: (name: string) => string | undefined;
  steps: number;
}

function replaced(text: string, run: Run, within: readonly string[]): string {
  // Joined at the end: to look at the end of a text that grows has it copied each time.
  const out: string[] = [];
  let length = 0;
  let last = "";
  const add = (piece: string) => {
    out.push(piece);
    length += piece.length;
    last = piece.at(-1) ?? last;
  };
  let from = 0;
  for (;;) {
    const start = text.indexOf(PREFIX, from);
    add(text.slice(from, start < 0 ? undefined : start));
    if (start < 0) return out.join("");
    // The sign in front makes it text, and is taken away; it may be the end of a value that was put in.
    if (last === "$") {
      from = start + 1;
      continue;
    }
    const close = text.indexOf(SUFFIX, start + PREFIX.length);
    if (close < 0) return out.join("") + text.slice(start);
    const { name, fallback } = parts(text.slice(start + PREFIX.length, close));
    from = close + 1;
    run.steps += 1;
    if (within.includes(name) || length > LONGEST || run.steps > MOST_STEPS) throw new EndlessSubstitution(name);
    const value = run.valueFor(name) ?? fallback;
    add(value === undefined ? text.slice(start, from) : replaced(value, run, [...within, name]));
  }
}

function parts(inside: string): { name: string; fallback?: string } {
  const at = inside.indexOf(DEFAULT);
  const nested = inside.indexOf(PREFIX);
  if (at < 0 || (nested >= 0 && nested < at)) return { name: inside };
  return { name: inside.slice(0, at), fallback: inside.slice(at + DEFAULT.length) };
}

/** A connector's own parameter as the server keeps it: what is no text is JSON. */
export function parameterText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
