import { report } from "../../clients/report";
import type { Claim } from "./claim";
import { PATIENCE_MILLISECONDS } from "./pace";

/** Those who announced a change of values and have not made it yet, as one run sees them come and go. */
export class OtherWriters {
  /** When each announcement was first seen. */
  readonly #seen = new Map<string, number>();
  readonly #givenUp = new Set<string>();
  #present: readonly Claim[] = [];

  constructor(private readonly title: string) {}

  /** Takes in the claims of others at one look. */
  see(claims: readonly Claim[]): void {
    this.#present = claims.filter(({ writing }) => writing !== undefined);
    for (const { writing = "" } of this.#present) {
      if (!this.#seen.has(writing)) this.#seen.set(writing, performance.now());
    }
  }

  /** Whether one of them may still write. Who stays announced for too long counts as cut off, and that is said. */
  areWriting(): boolean {
    return this.#present.filter((claim) => !this.#isCutOff(claim)).length > 0;
  }

  #isCutOff({ writing = "", owner }: Claim): boolean {
    const since = performance.now() - (this.#seen.get(writing) ?? 0);
    if (since < PATIENCE_MILLISECONDS) return false;
    if (!this.#givenUp.has(writing)) {
      report(
        `warning: ${this.title}: ${owner} announced a change of this cluster's settings ${Math.round(since / 1000)} s ago ` +
          "and has not made it, so it counts as cut off; the next pulumi up or destroy of its stack puts that right",
      );
    }
    this.#givenUp.add(writing);
    return true;
  }
}
