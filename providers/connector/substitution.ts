const PREFIX = "${parameters.";
const SUFFIX = "}";
const DEFAULT = ":-";
/** Far beyond any real request. They stop parameters that double the text at every step. */
const MOST_STEPS = 100_000;
const LONGEST = 1_000_000;

/** One `${parameters.name}` or `${parameters.name:-fallback}` of a text. */
export interface Placeholder {
  readonly name: string;
  /** The text to use without a value. */
  readonly fallback?: string;
  readonly start: number;
  /** Offset after the closing brace. */
  readonly end: number;
}

/** A parameter that refers to itself, directly or through others. The server refuses it too. */
export class EndlessSubstitution extends Error {
  constructor(readonly parameter: string) {
    super(`parameters.${parameter} refers to itself`);
    this.name = "EndlessSubstitution";
  }
}

/**
 * The placeholders in a text, parsed like the server's `StringSubstitutor` of Apache (commons-text 1.14): a name ends
 * at the first `}`, even if that is inside a default; `$${parameters.x}` is an escaped text; a nested placeholder is
 * not replaced.
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
 * Replaces placeholders as the server does: also those inside values. A placeholder without a value or default stays.
 *
 * @throws EndlessSubstitution where the server fails too.
 */
export function substitute(text: string, valueFor: (name: string) => string | undefined): string {
  return replaced(text, { valueFor, steps: 0 }, []);
}

/** Replaces placeholders by a connector's own parameters. Returns the text unchanged if the substitution is endless. */
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
  // Pieces are joined once at the end. Reading the last character of a growing string would copy it each time.
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
    // A preceding `$` escapes the placeholder and is removed. It may be the end of an inserted value.
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

/** A connector's own parameter as the server stores it: strings unchanged, others as JSON. */
export function parameterText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
