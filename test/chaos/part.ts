import type { ServerAddress } from "../support/opensearch/address";
import type { Trial } from "./findings";

/** One kind of trial. */
export interface Part {
  readonly id: string;
  /** Name in the table. */
  readonly title: string;
  /** Number of trials in a normal run. All of them, if they can be enumerated. */
  readonly trials: number | ((server: ServerAddress) => Promise<number>);
  /** Whether trials are enumerated, not drawn. Then a trial's seed is its number. */
  readonly counted?: boolean;
  readonly run: (server: ServerAddress, seed: number) => Promise<Trial>;
}
