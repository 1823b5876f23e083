import type { Selection } from "../toolchain/selection";
import type { Measured } from "./measured";
import type { Growth } from "./support/growth";
import type { SharedCluster } from "./support/shared-cluster";

/** What a case may use. */
export interface BenchContext {
  /** How often each side is measured. */
  readonly runs: number;
  /** Smaller sizes, for trying the bench itself; its results are not for publication. */
  readonly quick: boolean;
  readonly toolchain: Selection;
  /** The OpenSearch of all cases that boot none of their own. */
  readonly shared: SharedCluster;
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
  /** It boots servers of its own, beside which no other should run. */
  readonly bootsItsOwn?: true;
  /**
   * Measures, and gives the version of the OpenSearch that its figures depend on; undefined where they depend on none.
   * What it started it also stops, on failure too.
   */
  run(context: BenchContext, measured: Measured): Promise<string | undefined>;
}
