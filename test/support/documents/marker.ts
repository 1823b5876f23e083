/** The marker of a code block, in the comment above it. */
export type Marker =
  | { readonly kind: "runs"; readonly file: string; readonly claim: string }
  | { readonly kind: "not run"; readonly reason: string }
  | { readonly kind: "malformed"; readonly text: string };

const COMMENT = /^<!--\s*((?:runs|not run)\b[\s\S]*?)\s*-->\s*$/;
const RUNS = /^runs: (\S+\.test\.ts) "([^"]+)"$/;
const NOT_RUN = /^not run: (\S[\s\S]*)$/;

/**
 * Reads `<!-- runs: test/engine/docs.test.ts "the claim" -->` or `<!-- not run: why -->`. Undefined for any other
 * comment.
 */
export function readMarker(html: string): Marker | undefined {
  const text = COMMENT.exec(html.trim())?.[1];
  if (text === undefined) return undefined;
  const [, file, claim] = RUNS.exec(text) ?? [];
  if (file !== undefined && claim !== undefined) return { kind: "runs", file, claim };
  const reason = NOT_RUN.exec(text)?.[1];
  return reason === undefined ? { kind: "malformed", text } : { kind: "not run", reason };
}
