import { indent, tail } from "./text";

/** A failure explained to people: printed without a stack. */
export class ToolchainError extends Error {
  override readonly name: string = "ToolchainError";

  /**
   * @param what what failed, one sentence
   * @param advice what to do about it, one sentence or a few lines
   */
  constructor(what: string, advice?: string) {
    super(advice ? `${what}\n${advice}` : what);
  }
}

/** A part that this machine can't have: what depends on it is left out, the rest goes on. */
export class PartUnavailable extends ToolchainError {
  override readonly name = "PartUnavailable";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A part of the toolchain that a registry gives out in one pinned version. */
export interface PinnedVersion {
  /** For people, as in "Pulumi CLI". */
  readonly part: string;
  readonly version: string;
  /** What has to change for another version, as in `"ollama" in tools/toolchain/versions.json`. */
  readonly change: string;
}

/**
 * What a registry that gave nothing is likely to be: without that version, out of reach, or one of the two. A tool's
 * other failures, such as a compile error or a full disk, are none of them.
 */
export type Refusal = "gone" | "unreachable" | "either";

/** What a tool says, first match first. Go, npm, pip, Maven and Ollama are known. */
const refusals: readonly (readonly [Refusal, RegExp])[] = [
  // Go turns to git after a proxy hasn't got the version, and where no proxy is set: its message names git alone.
  ["either", /git (ls-remote|fetch|clone)\b[^\n]*: exit status/],
  // Before "gone": pip also says that there is no such version when it never got to the registry.
  ["unreachable", /connection (refused|reset|timed out|broken)|no such host|could ?n[o']t resolve host|i\/o timeout/i],
  ["unreachable", /TLS handshake|x509: |certificate verify failed|network is unreachable|unknown host/i],
  ["unreachable", /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH/],
  ["unreachable", /\b(50[0234]) (internal server|bad gateway|service|gateway)|\bcode E50[0234]\b/i],
  ["either", /could not transfer artifact|: 40[13] |\bcode E40[13]\b|\bHTTP error 40[13]\b|from versions: none/i],
  ["gone", /: (404|410) |\bcode (E404|ETARGET)\b|no matching (version|distribution) found|unknown revision/i],
  ["gone", /could not find artifact|was not found in \S+ during a previous attempt/i],
  ["gone", /pull model manifest: file does not exist/],
];

/** How the registry refused, by the tool's own words; undefined where they tell of no refusal. */
export function refusalIn(said: string): Refusal | undefined {
  return refusals.find(([, pattern]) => pattern.test(said))?.[0];
}

const shownLines = 8;

/** Lines that say nothing of a failure. */
const progress = /^(go: downloading |Looking in |npm error A complete log )/;

/**
 * The failure to fetch a pinned version: what it was, the tool's last lines, the likely cause, and what to change.
 * @param pinned with what the tool said
 */
export function pinnedVersionGone(pinned: PinnedVersion & { readonly said: string }): ToolchainError {
  const { part, version, change, said } = pinned;
  const lines = said.split("\n").filter((line) => line.trim() !== "" && !progress.test(line));
  const refusal = refusalIn(said) ?? "either";
  return new ToolchainError(
    `${part} ${version} could not be fetched.`,
    [
      ...(lines.length === 0 ? [] : [indent(tail(lines.join("\n"), shownLines))]),
      `Likely cause: ${causes[refusal]}.`,
      refusal === "unreachable"
        ? `What to change: this machine's network, proxy or mirror settings. Only for another version: ${change}.`
        : `What to change: ${change}.`,
    ].join("\n"),
  );
}

const causes: Readonly<Record<Refusal, string>> = {
  gone: "the registry doesn't have this version any more",
  unreachable: "the registry can't be reached from here",
  either: "the registry doesn't have this version any more, or it can't be reached from here",
};
