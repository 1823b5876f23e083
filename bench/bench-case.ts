import type { Selection } from "../toolchain/selection";
import type { Measured } from "./measured";
import type { Growth } from "./support/growth";

/** What a case may use. */
export interface BenchContext {
  /** How often each side is measured. */
  readonly runs: number;
  /** Smaller sizes, for trying the bench itself; its results are not for publication. */
  readonly quick: boolean;
  readonly toolchain: Selection;
  /** Stacks of growing size, measured once for all cases that read from them. */
  readonly growth: Growth;
  /** A line about what is going on. */
  say(line: string): void;
}

/** One row of the table of measurements. */
export interface BenchCase {
  /** `B1` … `B11`. */
  readonly id: string;
  readonly title: string;
  /** Measures, and gives whose clock the waiting followed. What it started it also stops, on failure too. */
  run(context: BenchContext, measured: Measured): Promise<"emulator" | "plugin" | "none">;
}
