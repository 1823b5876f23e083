import { RE2JS } from "re2js";

const QUANTIFIED = /^\{(\d+)(?:(,)(\d*))?\}/;
const MOST_REPETITIONS = 2_147_483_647;
const GROUP = /^\?(?::|=|!|>|<=|<!|<[A-Za-z][A-Za-z0-9]*>|[idmsuxU-]*[:)])/;
/** What may follow a backslash, with what belongs to it. Letters that are not here mean nothing. */
const ESCAPE =
  /^(?:[aAbBdDefGhHnrRsStvVwWXzZ1-9]|[^A-Za-z0-9]|0[0-7]|c[\s\S]|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|[pP](?:\{[^}]+\}|[A-Za-z])|N\{[^}]+\}|k<[^>]+>)/u;

/**
 * Why Java's `Pattern` does not take a regex, in its own words, or `undefined`. Read once from left to right; what only a
 * whole reading would show (an unknown property's name, a group that is not there) is left to the server.
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
    /** Whether something stands before, which a quantifier may repeat, and whether one did. */
    let atom = false;
    let repeated = false;
    while (this.#at < this.text.length) {
      const sign = this.text[this.#at] ?? "";
      if ("*+?".includes(sign) || sign === "{") {
        const counted = sign === "{";
        if (!counted && (!atom || repeated)) throw new Refusal(`Dangling meta character '${sign}'`);
        if (counted && !atom) throw new Refusal("Illegal repetition");
        this.#quantifier(counted);
        repeated = true;
        continue;
      }
      repeated = false;
      atom = this.#single(sign);
    }
    if (this.#open > 0) throw new Refusal("Unclosed group");
  }

  /** Reads one thing, and says whether it can be repeated. */
  #single(sign: string): boolean {
    if (sign === "\\") this.#escape();
    else if (sign === "[") this.#class();
    else if (sign === "(") return this.#group();
    else {
      if (sign === ")" && --this.#open < 0) throw new Refusal("Unmatched closing ')'");
      this.#at += 1;
    }
    return sign !== "|";
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
    // `(?i)` is a group of nothing.
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
    // `\b{g}` is a boundary of its own.
    if (found === "b" && this.text.startsWith("{g}", this.#at)) this.#at += 3;
  }

  #class(): void {
    let depth = 0;
    let first = true;
    do {
      const sign = this.text[this.#at];
      if (sign === undefined) throw new Refusal("Unclosed character class");
      if (sign === "\\") {
        this.#escape();
        first = false;
      } else if (sign === "[") {
        depth += 1;
        this.#at += this.text[this.#at + 1] === "^" ? 2 : 1;
        first = true;
      } else {
        if (sign === "]" && !first) depth -= 1;
        else this.#range();
        this.#at += 1;
        first = false;
      }
    } while (depth > 0);
  }

  /** `z-a`, and a range up to what is no character. */
  #range(): void {
    const [from = "", dash, to = "", next = ""] = this.text.slice(this.#at, this.#at + 4);
    if (dash !== "-" || from === "&" || "[]".includes(to) || to === "") return;
    const bad = to === "\\" ? /[dDwWsShHvVpP]/.test(next) : (to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0);
    if (bad) throw new Refusal("Illegal character range");
  }
}

/** What RE2 has no form for, or understands otherwise: intersections of classes, and Java's `\R`, `\X`, `\h` and others. */
const UNTRANSLATABLE = /&&|\\[RXGhHvVbB]\{?/;
/** What is longer is judged by nobody here: a pattern of RE2 is compiled in time of its length times its repetitions. */
const LONGEST = 2_048;

/**
 * Whether a Java regex matches a whole text, as `Matcher.matches` does, or `undefined` where that cannot be told here. What
 * is no regex matches nothing.
 * By RE2, which ends in time that grows with the text: a foreign regex such as `(a+)+` never ends in a backtracking engine.
 */
export function javaMatches(pattern: string, text: string): boolean | undefined {
  if (javaSyntaxProblem(pattern) !== undefined) return false;
  if (pattern.length > LONGEST || text.length > LONGEST || UNTRANSLATABLE.test(pattern)) return undefined;
  // Possessive quantifiers only forbid to look back.
  const greedy = pattern.replaceAll(/([*+?}])\+/g, "$1");
  try {
    return RE2JS.compile(greedy).matches(text);
  } catch {
    return undefined;
  }
}
