import type { Figure, Unit, Verdict } from "./results";
import { summarise } from "./statistics";

type Target = NonNullable<Verdict["target"]>;

/** Collects the figures, verdicts and notes of one case. */
export class Measured {
  readonly figures: Figure[] = [];
  readonly verdicts: Verdict[] = [];
  readonly notes: string[] = [];

  /** Adds what was measured; a call without samples is a mistake of the case. */
  figure(what: string, side: string, unit: Unit, samples: readonly number[], at?: number): Figure {
    const { median, min, max } = summarise(samples);
    const summary = { samples: samples.map(round), median: round(median), min: round(min), max: round(max) };
    const made = { what, side, ...(at === undefined ? {} : { at }), unit, ...summary };
    this.figures.push(made);
    return made;
  }

  /** Adds a number with the order's target; without one it is published as it is. */
  verdict(name: string, value: number, unit: Unit, target?: Target): void {
    const made = { name, value: round(value), unit };
    this.verdicts.push(target === undefined ? made : { ...made, target, met: meets(value, target) });
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /** The median of a figure that this case has added. */
  median(what: string, side: string, at?: number): number {
    const found = this.figures.find((each) => each.what === what && each.side === side && each.at === at);
    if (found === undefined) throw new Error(`No figure ${what} of ${side}${at === undefined ? "" : ` at ${at}`}.`);
    return found.median;
  }
}

function meets(value: number, { is, value: limit }: Target): boolean {
  return is === "at least" ? value >= limit : value <= limit;
}

/** Four significant digits: more would claim a precision that no run has. */
function round(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(4));
}
