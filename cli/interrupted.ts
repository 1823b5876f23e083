/** Ended by Ctrl+C: nothing is left to say, the exit code tells it. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}
