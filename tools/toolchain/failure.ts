import { indent, tail } from "./text";

/** A failure with an explanation for the user, printed without a stack. */
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

/** This machine can't have a part. What depends on it is left out; the rest continues. */
export class PartUnavailable extends ToolchainError {
  override readonly name = "PartUnavailable";
}

/** A part that comes from a registry in one pinned version. */
export interface PinnedVersion {
  /** Shown to the user, such as "Pulumi CLI". */
  readonly part: string;
  readonly version: string;
  /** Where another version is set, such as `"ollama" in tools/toolchain/versions.json`. */
  readonly change: string;
}

/**
 * Why a registry delivered nothing: it lacks the version (`gone`), it can't be reached, or one of the two. Other
 * failures of a tool, such as a compile error or a full disk, are no refusals.
 */
export type Refusal = "gone" | "unreachable" | "either";

/** Messages of Go, npm, pip, Maven and Ollama. The first match counts. */
const refusals: readonly (readonly [Refusal, RegExp])[] = [
  // Go falls back to git if the proxy lacks the version, or if there is no proxy. Its message then names only git.
  ["either", /git (ls-remote|fetch|clone)\b[^\n]*: exit status/],
  // Before "gone": pip also reports a missing version if it never reached the registry.
  ["unreachable", /connection (refused|reset|timed out|broken)|no such host|could ?n[o']t resolve host|i\/o timeout/i],
  ["unreachable", /TLS handshake|x509: |certificate verify failed|network is unreachable|unknown host/i],
  ["unreachable", /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH/],
  ["unreachable", /\b(50[0234]) (internal server|bad gateway|service|gateway)|\bcode E50[0234]\b/i],
  ["either", /could not transfer artifact|: 40[13] |\bcode E40[13]\b|\bHTTP error 40[13]\b|from versions: none/i],
  ["gone", /: (404|410) |\bcode (E404|ETARGET)\b|no matching (version|distribution) found|unknown revision/i],
  ["gone", /could not find artifact|was not found in \S+ during a previous attempt/i],
  ["gone", /pull model manifest: file does not exist/],
];

/** How the registry refused, judged by the tool's message; undefined if the message reports no refusal. */
export function refusalIn(said: string): Refusal | undefined {
  return refusals.find(([, pattern]) => pattern.test(said))?.[0];
}

const shownLines = 8;

/** Lines that say nothing about a failure. */
const progress = /^(go: downloading |Looking in |npm error A complete log )/;

/**
 * Explains that a pinned version could not be fetched: the part, the tool's last lines, the likely cause, what to
 * change.
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
