import { cutToWidth, displayWidth } from "./width";

export interface Column {
  readonly title: string;
  /** `right` for numbers. Default: left. */
  readonly align?: "left" | "right";
  /** Whether cells may be cut if the table is wider than the terminal. Default: false. */
  readonly cut?: boolean;
  /** Adds colours to a cell, once its width is fixed. */
  readonly style?: (cell: string) => string;
}

export interface TableOptions {
  /** Largest width of the table. Default: unlimited. */
  readonly columns?: number;
  readonly titleStyle?: (title: string) => string;
  /** Default: 0. */
  readonly indent?: number;
}

const GAP = 2;

/** Rows in columns, aligned by display width. Cells must not contain colours; `style` adds them. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const { indent = 0, titleStyle = (title) => title } = options;
  const widths = widthsOf(columns, rows, options.columns === undefined ? undefined : options.columns - indent);
  const line = (cells: readonly string[], style: (cell: string, index: number) => string) =>
    (
      " ".repeat(indent) +
      columns.map((column, i) => padded(cells[i] ?? "", widths[i] ?? 0, column, (c) => style(c, i))).join("  ")
    ).trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, titleStyle),
    ...rows.map((row) => line(row, (cell, i) => columns[i]?.style?.(cell) ?? cell)),
  ].join("\n");
}

function widthsOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  limit: number | undefined,
): number[] {
  const widths = columns.map(({ title }, i) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[i] ?? ""))),
  );
  if (limit === undefined) return widths;
  const total = () => widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
  while (total() > limit) {
    const [widest] = columns
      .map((column, i) => ({ i, width: widths[i] ?? 0, least: displayWidth(column.title), cut: column.cut === true }))
      .filter(({ cut, width, least }) => cut && width > Math.max(least, 4))
      .sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    widths[widest.i] = widest.width - 1;
  }
  return widths;
}

function padded(cell: string, width: number, column: Column, style: (cell: string) => string): string {
  const text = cutToWidth(cell, width);
  const space = " ".repeat(width - displayWidth(text));
  const shown = text === "" ? "" : style(text);
  return column.align === "right" ? space + shown : shown + space;
}
