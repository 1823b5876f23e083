/** The last lines of a program's output. */
export function tail(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

export function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
