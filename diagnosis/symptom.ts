/** One row of the troubleshooting table: how a failure shows, why it happens, what to do. */
export interface Symptom {
  /** Stable name, for tests, for scripts that read `ollama-chat doctor --json`, and for links into the documents. */
  readonly id: string;
  /** What a person sees: the server's or the system's own words, or what happens. */
  readonly shows: string;
  /** Recognises it in a failure's text; absent where no text tells it and only `doctor` finds it. */
  readonly match?: RegExp;
  /** Where the words of `match` stand that no server of our tests says: version and file, or issue. */
  readonly source?: string;
  readonly cause: string;
  readonly fix: string;
}
