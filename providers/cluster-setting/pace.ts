/** Writers that meet again and again draw lots how long to wait; eight at once were done after four changes of values. */
export const MOST_WRITES = 60;
export const LONGEST_PAUSE_MILLISECONDS = 100;

/** A writer that announced itself and was cut off looks like a slow one. A change takes 0.1 s; so long others wait for it. */
export const PATIENCE_MILLISECONDS = 5_000;
