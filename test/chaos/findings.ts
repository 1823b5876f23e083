/** Kinds of findings. Each is a column of the table. */
export const COLUMNS = {
  /** A command failed twice although the documents promise that it succeeds. */
  stuck: "stuck",
  /** Objects, claims or entries were left at the end. */
  orphaned: "orphaned",
  /** There are two objects where the program has one. */
  duplicated: "duplicated",
  /** The server or the state differs from the program. */
  differs: "differs",
  /** A foreign value changed, or an entry that somebody needs is missing. */
  settings: "settings lost",
  /** An object of another stack, or of no stack, is gone or changed. */
  neighbour: "neighbour harmed",
  /** A secret appeared where none may be. */
  secret: "secret seen",
  /** A model survived, but the stack has another one now. */
  modelId: "modelId changed",
} as const;

export type Column = keyof typeof COLUMNS;

export interface Finding {
  readonly column: Column;
  readonly text: string;
}

/** The result of one trial. */
export interface Trial {
  readonly seed: number;
  /** What was done, such as `up killed after request 7, then destroy`. */
  readonly story: string;
  readonly findings: readonly Finding[];
  /** Number of commands that only succeeded on the second try, after following the error's advice. */
  readonly again: number;
  /** Whether a destroy missed an object that is in no state, and the next `up` found it. */
  readonly later: boolean;
  /** Whether the plan could not be carried out, such as a kill at a request that was never sent. */
  readonly missed?: boolean;
}

/** All trials of one kind. */
export interface PartResult {
  readonly part: string;
  readonly title: string;
  readonly trials: readonly Trial[];
  readonly seconds: number;
}
