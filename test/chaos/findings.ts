/** What a trial can find. Each is a column of the table. */
export const COLUMNS = {
  /** A command failed that the documents promise to succeed, and so did a second try. */
  stuck: "stuck",
  /** Objects, claims or entries that were left at the end. */
  orphaned: "orphaned",
  /** Two objects where the program has one. */
  duplicated: "duplicated",
  /** The server or the state is not what the program says. */
  differs: "differs",
  /** A value of somebody else is not what it was, or an entry is missing that somebody needs. */
  settings: "settings lost",
  /** An object of another stack, or of nobody's, is gone or changed. */
  neighbour: "neighbour harmed",
  /** A secret was seen where none may be. */
  secret: "secret seen",
  /** A model survived and is not the stack's any more. */
  modelId: "modelId changed",
} as const;

export type Column = keyof typeof COLUMNS;

export interface Finding {
  readonly column: Column;
  readonly text: string;
}

/** How one trial went. */
export interface Trial {
  readonly seed: number;
  /** In words what was done, such as `up killed after request 7, then destroy`. */
  readonly story: string;
  readonly findings: readonly Finding[];
  /** Commands that succeeded at the second try only, after what their error told to do. */
  readonly again: number;
  /** True where a destroy could not know of an object that no state knows: the next `up` found it. */
  readonly later: boolean;
  /** True where what was planned did not come about, such as a kill at a request that was never sent. */
  readonly missed?: boolean;
}

/** All trials of one kind. */
export interface PartResult {
  readonly part: string;
  readonly title: string;
  readonly trials: readonly Trial[];
  readonly seconds: number;
}
