/** A Markdown table with its columns in line; numbers go right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map(
    (_, column) => column > 0 && rows.every((row) => /^[–\d\s×.,%-]|^$/.test(row[column] ?? "")),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => padded(cells[column] ?? "", width, isNumeric[column] === true)).join(" | ")} |`;
  const rule = widths.map((width, column) => (isNumeric[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  const [first = [], ...rest] = all;
  return [line(first), `| ${rule.join(" | ")} |`, ...rest.map(line)].join("\n");
}

function padded(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
