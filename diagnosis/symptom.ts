import type { FailureKind } from "./failure";

/** How to recognise a failure. All given members must match. */
export interface Sign {
  readonly kinds?: readonly FailureKind[];
  readonly statuses?: readonly number[];
  /** Matches the method and path of the request. */
  readonly request?: RegExp;
  /** Matches the words of the server or the system. */
  readonly says?: RegExp;
}

/** One row of the troubleshooting table: what the user sees, why it happens, and what to do. */
export interface Symptom {
  /** Stable id, for tests, for scripts that read `ollama-chat doctor --json`, and for links into the documentation. */
  readonly id: string;
  /** What the user sees: the server's or the system's own words, or what happens. */
  readonly shows: string;
  /**
   * Any one of these is enough. Absent where only `doctor` finds the problem. The table decides which server must have
   * answered.
   */
  readonly signs?: readonly Sign[];
  /** Where the words in `says` come from if no test server says them: version and file, or an issue. */
  readonly source?: string;
  readonly cause: string;
  readonly fix: string;
}
