// A terminal's screen, as far as the pictures need it: text, line ends, cursor moves, erasing and colours (SGR). Rows never
// scroll away: a picture shows the whole run.

const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal is made of.
  /\x1b\[([?>=]?[\d;:]*)([A-Za-z@`])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[A-Za-z=>]|[\x00-\x1f\x7f]/y;

/** @typedef {{ foreground?: string, background?: string, bold?: boolean, dim?: boolean, italic?: boolean, underline?: boolean, inverse?: boolean }} Style */
/** @typedef {{ text: string, width: number, style: Style }} Cell */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that a grapheme takes: 2 for East Asian wide ones and emoji, 0 for what joins others. */
export function columnsOf(grapheme) {
  if (/^[\p{Mark}\u200b-\u200f\u2060\ufeff]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
    grapheme,
  )
    ? 2
    : 1;
}

/**
 * The screen after a program has written `output`.
 *
 * @param {string} output
 * @param {number} columns width at which the terminal wraps
 * @returns {Cell[][]}
 */
export function screenOf(output, columns) {
  const screen = new Screen(columns);
  screen.write(output);
  return screen.rows();
}

class Screen {
  /** @type {Cell[][]} */
  #rows = [[]];
  #row = 0;
  #column = 0;
  /** @type {Style} */
  #style = {};

  constructor(columns) {
    this.columns = columns;
  }

  rows() {
    const rows = this.#rows.map((row) => trimmed(row));
    while (rows.length > 1 && rows.at(-1)?.length === 0) rows.pop();
    return rows;
  }

  write(output) {
    let at = 0;
    while (at < output.length) {
      SEQUENCE.lastIndex = at;
      const sequence = SEQUENCE.exec(output);
      if (sequence) {
        this.#control(sequence);
        at = SEQUENCE.lastIndex;
        continue;
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: text ends where the next control begins.
      const next = output.slice(at + 1).search(/[\x00-\x1f\x7f]/);
      const end = next < 0 ? output.length : at + 1 + next;
      for (const { segment } of segmenter.segment(output.slice(at, end))) this.#put(segment);
      at = end;
    }
  }

  #put(text) {
    const width = columnsOf(text);
    const row = this.#line();
    if (width === 0) {
      const before = row[this.#column - 1];
      if (before) before.text += text;
      return;
    }
    if (this.#column + width > this.columns) {
      this.#row += 1;
      this.#column = 0;
      return this.#put(text);
    }
    row[this.#column] = { text, width, style: this.#style };
    if (width === 2) row[this.#column + 1] = { text: "", width: 0, style: this.#style };
    this.#column += width;
  }

  #line() {
    while (this.#rows.length <= this.#row) this.#rows.push([]);
    const row = this.#rows[this.#row];
    while (row.length < this.#column) row.push({ text: " ", width: 1, style: {} });
    return row;
  }

  #control([whole, parameters, final]) {
    if (whole === "\r") this.#column = 0;
    else if (whole === "\n") this.#row += 1;
    else if (whole === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (whole === "\t") this.#column = Math.min(this.columns - 1, (Math.floor(this.#column / 8) + 1) * 8);
    else if (final !== undefined && !/^[?>=]/.test(parameters)) this.#escape(parameters, final);
  }

  #escape(parameters, final) {
    const numbers = parameters.split(/[;:]/).map((text) => (text === "" ? undefined : Number(text)));
    const count = Math.max(1, numbers[0] ?? 1);
    if (final === "m") this.#style = withSgr(this.#style, numbers);
    else if (final === "A") this.#row = Math.max(0, this.#row - count);
    else if (final === "B") this.#row += count;
    else if (final === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (final === "D") this.#column = Math.max(0, this.#column - count);
    else if (final === "G") this.#column = count - 1;
    else if (final === "K") this.#eraseInLine(numbers[0] ?? 0);
    else if (final === "J") this.#eraseBelow(numbers[0] ?? 0);
  }

  #eraseInLine(part) {
    const row = this.#line();
    if (part === 0) row.length = Math.min(row.length, this.#column);
    else if (part === 2) row.length = 0;
    else for (let i = 0; i <= this.#column; i += 1) row[i] = { text: " ", width: 1, style: {} };
  }

  #eraseBelow(part) {
    if (part !== 0) return;
    this.#eraseInLine(0);
    this.#rows.length = this.#row + 1;
  }
}

function trimmed(row) {
  const visible = row.findLastIndex((cell) => cell.text.trim() !== "" || cell.style.background || cell.style.inverse);
  return row.slice(0, visible + 1);
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** The sixteen colours keep their names, so that a theme decides them. Others become `#rrggbb`. */
function withSgr(before, numbers) {
  let style = { ...before };
  for (let i = 0; i < numbers.length; i += 1) {
    const code = numbers[i] ?? 0;
    if (code === 0) style = {};
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.inverse = true;
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.inverse = false;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(i + 1));
      style[code === 38 ? "foreground" : "background"] = colour;
      i += used;
    } else if (code === 39) style.foreground = undefined;
    else if (code === 49) style.background = undefined;
    else if (code >= 30 && code <= 37) style.foreground = NAMES[code - 30];
    else if (code >= 40 && code <= 47) style.background = NAMES[code - 40];
    else if (code >= 90 && code <= 97) style.foreground = `bright-${NAMES[code - 90]}`;
    else if (code >= 100 && code <= 107) style.background = `bright-${NAMES[code - 100]}`;
  }
  return style;
}

function extended([kind, ...rest]) {
  if (kind === 2) return [hex(rest.slice(0, 3).map((part) => part ?? 0)), 4];
  const index = rest[0] ?? 0;
  if (index < 8) return [NAMES[index], 2];
  if (index < 16) return [`bright-${NAMES[index - 8]}`, 2];
  if (index > 231) return [hex(Array(3).fill(8 + (index - 232) * 10)), 2];
  const steps = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  return [hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => steps[step])), 2];
}

function hex(parts) {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
