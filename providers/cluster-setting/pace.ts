/*
 * How long writers wait for each other (see `settle`). A module of its own, so that the tests of races can replace it.
 */

/** Competing writers wait for random times. Eight at once finished after four changes of values. */
export const MOST_WRITES = 60;
export const LONGEST_PAUSE_MILLISECONDS = 100;

/** How long to wait for an announced change, which normally takes 0.1 s. An interrupted writer looks like a slow one. */
export const PATIENCE_MILLISECONDS = 5_000;
