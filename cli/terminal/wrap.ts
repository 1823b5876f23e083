import { displayWidth } from "./width";

const BULLET = /^(?:[-*+•]|\d{1,3}[.)])$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/**
 * Wraps text while it is still arriving. Wrapped lines are indented like their first, so lists keep their shape. Fenced
 * code and words wider than a line are not broken.
 */
export class Wrapper {
  /** Columns written in the current line. */
  #column = 0;
  #indent = 0;
  #line = "";
  #spaces = "";
  #word = "";
  #inCode = false;

  constructor(private readonly columns: number) {}

  /** Takes more text. Returns what can be written now. */
  add(text: string): string {
    let out = "";
    for (const char of text) {
      if (char === "\n") out += `${this.#place()}${this.#endOfLine()}`;
      else if (char === " " || char === "\t") {
        out += this.#place();
        this.#spaces += char === "\t" ? "    " : " ";
      } else this.#word += char;
      if (char !== "\n") this.#line += char;
    }
    return out;
  }

  /** Returns the rest. */
  end(): string {
    return this.#place();
  }

  #place(): string {
    const word = this.#word;
    if (word === "") return "";
    const spaces = this.#spaces;
    this.#word = "";
    this.#spaces = "";
    const width = displayWidth(word);
    if (this.#column === 0) {
      this.#indent = spaces.length + (BULLET.test(word) ? width + 1 : 0);
    } else if (!this.#code() && this.#column + spaces.length + width > this.columns) {
      const indent = Math.min(this.#indent, Math.floor(this.columns / 2));
      this.#column = indent + width;
      return `\n${" ".repeat(indent)}${word}`;
    }
    this.#column += spaces.length + width;
    return spaces + word;
  }

  #code(): boolean {
    return this.#inCode || FENCE.test(this.#line);
  }

  #endOfLine(): string {
    if (FENCE.test(this.#line)) this.#inCode = !this.#inCode;
    this.#column = 0;
    this.#line = "";
    this.#spaces = "";
    return "\n";
  }
}

/** Wraps a whole text. Without `columns` it stays as it is. */
export function wrapped(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const wrapper = new Wrapper(columns);
  return wrapper.add(text) + wrapper.end();
}
