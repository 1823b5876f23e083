import { RE2JS } from "re2js";

const QUANTIFIED = /^\{(\d+)(?:(,)(\d*))?\}/;
const MOST_REPETITIONS = 2_147_483_647;
const GROUP = /^\?(?::|=|!|>|<=|<!|<[A-Za-z][A-Za-z0-9]*>|[idmsuxU-]*[:)])/;
/** The escapes that Java knows, without their backslash. It refuses all other letters. */
const ESCAPE =
  /^(?:[aAbBdDefGhHnrRsStvVwWXzZ1-9]|[^A-Za-z0-9]|0[0-7]|c[\s\S]|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|[pP](?:\{[^}]+\}|[A-Za-z])|N\{[^}]+\}|k<[^>]+>)/u;

/**
 * Why Java's `Pattern` refuses a regex, in Java's words, or `undefined`. A single pass from left to right. Unknown
 * property names and references to missing groups are not detected; the server reports them.
 */
export function javaSyntaxProblem(pattern: string): string | undefined {
  const reader = new Reader(pattern);
  try {
    reader.alternatives();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

class Refusal extends Error {}

class Reader {
  #at = 0;
  #open = 0;

  constructor(private readonly text: string) {}

  alternatives(): void {
    /** Whether there is something before this position that a quantifier can repeat, and whether one already does. */
    let atom = false;
    let repeated = false;
    while (this.#at < this.text.length) {
      const char = this.text[this.#at] ?? "";
      if ("*+?".includes(char) || char === "{") {
        const counted = char === "{";
        if (!counted && (!atom || repeated)) throw new Refusal(`Dangling meta character '${char}'`);
        if (counted && !atom) throw new Refusal("Illegal repetition");
        this.#quantifier(counted);
        repeated = true;
        continue;
      }
      repeated = false;
      atom = this.#single(char);
    }
    if (this.#open > 0) throw new Refusal("Unclosed group");
  }

  /** Reads one element. Returns whether a quantifier may follow. */
  #single(char: string): boolean {
    if (char === "\\") this.#escape();
    else if (char === "[") this.#class();
    else if (char === "(") return this.#group();
    else {
      if (char === ")" && --this.#open < 0) throw new Refusal("Unmatched closing ')'");
      this.#at += 1;
    }
    return char !== "|";
  }

  #quantifier(counted: boolean): void {
    if (counted) {
      const [whole, least = "", , most = ""] = QUANTIFIED.exec(this.text.slice(this.#at, this.#at + 40)) ?? [];
      if (whole === undefined) throw new Refusal("Illegal repetition");
      const wrong = Number(least) > MOST_REPETITIONS || (most !== "" && Number(most) < Number(least));
      if (wrong || Number(most) > MOST_REPETITIONS) throw new Refusal("Illegal repetition range");
      this.#at += whole.length;
    } else this.#at += 1;
    if (["?", "+"].includes(this.text[this.#at] ?? "")) this.#at += 1;
  }

  #group(): boolean {
    this.#at += 1;
    this.#open += 1;
    if (this.text[this.#at] !== "?") return false;
    const head = GROUP.exec(this.text.slice(this.#at, this.#at + 100))?.[0];
    if (head === undefined) throw new Refusal("Unknown inline modifier");
    this.#at += head.length;
    // `(?i)` sets a flag and has no content.
    if (!head.endsWith(")")) return false;
    this.#open -= 1;
    return true;
  }

  #escape(): void {
    if (this.text[this.#at + 1] === "Q") {
      const end = this.text.indexOf("\\E", this.#at + 2);
      this.#at = end < 0 ? this.text.length : end + 2;
      return;
    }
    const found = ESCAPE.exec(this.text.slice(this.#at + 1, this.#at + 100))?.[0];
    if (found === undefined) throw new Refusal("Illegal/unsupported escape sequence");
    this.#at += 1 + found.length;
    // `\b{g}` is a boundary, not a repetition.
    if (found === "b" && this.text.startsWith("{g}", this.#at)) this.#at += 3;
  }

  #class(): void {
    let depth = 0;
    let first = true;
    do {
      const char = this.text[this.#at];
      if (char === undefined) throw new Refusal("Unclosed character class");
      if (char === "\\") {
        this.#escape();
        first = false;
      } else if (char === "[") {
        depth += 1;
        this.#at += this.text[this.#at + 1] === "^" ? 2 : 1;
        first = true;
      } else {
        if (char === "]" && !first) depth -= 1;
        else this.#range();
        this.#at += 1;
        first = false;
      }
    } while (depth > 0);
  }

  /** Refuses a range such as `z-a`, and one that ends in a class such as `\d`. */
  #range(): void {
    const [from = "", dash, to = "", next = ""] = this.text.slice(this.#at, this.#at + 4);
    if (dash !== "-" || from === "&" || "[]".includes(to) || to === "") return;
    const bad = to === "\\" ? /[dDwWsShHvVpP]/.test(next) : (to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0);
    if (bad) throw new Refusal("Illegal character range");
  }
}

/** Syntax that RE2 lacks or interprets differently: class intersections, and Java's `\R`, `\X`, `\h` and others. */
const UNSUPPORTED_BY_RE2 = /&&|\\[RXGhHvVbB]\{?/;
/** Longer patterns and texts are not tested: RE2's compile time grows with a pattern's length times its repetitions. */
const LONGEST = 2_048;

/**
 * Whether a Java regex matches a whole text, as `Matcher.matches` does; `undefined` if that cannot be decided here. An
 * invalid regex matches nothing. Uses RE2, whose run time is linear in the text: a backtracking engine may never finish
 * with a regex such as `(a+)+`.
 */
export function javaMatches(pattern: string, text: string): boolean | undefined {
  if (javaSyntaxProblem(pattern) !== undefined) return false;
  if (pattern.length > LONGEST || text.length > LONGEST || UNSUPPORTED_BY_RE2.test(pattern)) return undefined;
  // RE2 has no possessive quantifiers. They only prevent backtracking, so greedy ones take their place.
  const greedy = pattern.replaceAll(/([*+?}])\+/g, "$1");
  try {
    return RE2JS.compile(greedy).matches(text);
  } catch {
    return undefined;
  }
}
