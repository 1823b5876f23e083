/** The last lines of what a program wrote. */
export function tail(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

export function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
