import type { FailureKind } from "./failure";

/** How a failure is recognised; all that is given has to fit. */
export interface Sign {
  readonly kinds?: readonly FailureKind[];
  readonly statuses?: readonly number[];
  /** Fits the method and path of the request. */
  readonly request?: RegExp;
  /** Fits the words of the server or the system. */
  readonly says?: RegExp;
}

/** One row of the troubleshooting table: how a failure shows, why it happens, what to do. */
export interface Symptom {
  /** Stable name, for tests, for scripts that read `ollama-chat doctor --json`, and for links into the documents. */
  readonly id: string;
  /** What a person sees: the server's or the system's own words, or what happens. */
  readonly shows: string;
  /** Any of them tells it; none where only `doctor` finds it. Which server answered is the table's matter. */
  readonly signs?: readonly Sign[];
  /** Where the words of `says` stand that no server of our tests says: version and file, or issue. */
  readonly source?: string;
  readonly cause: string;
  readonly fix: string;
}
