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
