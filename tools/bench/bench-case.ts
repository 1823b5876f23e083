import type { Selection } from "../toolchain/selection";
import type { Measured } from "./results";

/** What a case may use. */
export interface BenchContext {
  /** How often each side is measured. */
  readonly runs: number;
  /** Small sizes, to try the bench itself. Its results are not kept. */
  readonly quick: boolean;
  readonly toolchain: Selection;
  say(line: string): void;
}

export interface BenchCase {
  /** Its name on the command line. */
  readonly id: string;
  /** The user's question that it answers. */
  readonly question: string;
  /** Measures, and stops what it started, on failure too. */
  run(context: BenchContext): Promise<Measured>;
}
