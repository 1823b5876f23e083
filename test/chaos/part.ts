import type { ServerAddress } from "../support/opensearch/address";
import type { Trial } from "./findings";

/** One kind of trial. */
export interface Part {
  readonly id: string;
  /** What the table calls it. */
  readonly title: string;
  /** How many trials a run of usual length makes; all there are where they can be counted. */
  readonly trials: number | ((server: ServerAddress) => Promise<number>);
  /** True where trials are counted and not drawn: then the seed of a trial is its number. */
  readonly counted?: boolean;
  readonly run: (server: ServerAddress, seed: number) => Promise<Trial>;
}
