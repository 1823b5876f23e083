import { expect } from "vitest";
import { diagnose, symptomOf } from "../../../diagnosis/diagnose";
import type { ServerKind } from "../../support/opensearch/address";
import { failureOf } from "../lifecycle-support";

/** A way to make a real server say what a row of `diagnosis/` looks for. */
export interface Provocation<World> {
  /** The row's id. */
  readonly row: string;
  /** What is done, in words. */
  readonly how: string;
  /** Which server it takes. Default: `plain`. */
  readonly kind?: ServerKind;
  readonly run: (world: World) => Promise<unknown>;
  /** True where whoever throws explains it in words of its own. */
  readonly explainsItself?: boolean;
  /** The failure's message, exactly, with words such as MODEL in place of what differs from run to run. */
  readonly says: string;
}

/** Words in place of what differs from run to run. */
export type Masks = readonly (readonly [shown: string | RegExp, word: string])[];

/** Runs it, and proves what is said and how it is explained. */
export async function provoke<World>(
  one: Provocation<World>,
  world: World,
  masks: (world: World) => Masks = () => [],
): Promise<void> {
  const error = await failureOf(one.run(world));
  const [said = "", advice] = error.message.split("\n  cause: ");
  expect(masked(said, masks(world))).toBe(one.says);
  if (one.explainsItself) return;
  const { cause, fix } = symptomOf(one.row);
  // What a lifecycle throws tells cause and fix itself.
  if (advice === undefined) expect(diagnose(error)?.id).toBe(one.row);
  else expect(advice).toBe(`${cause}\n  fix: ${fix}`);
}

function masked(text: string, masks: Masks): string {
  return masks.reduce((all, [shown, word]) => (shown === "" ? all : all.replaceAll(shown, word)), text);
}

/** What the real server was made to say, for doubles that shall say the same: the first of a row. */
export function wordsOf(provocations: readonly Provocation<never>[], row: string): string {
  const found = provocations.find((one) => one.row === row);
  if (found === undefined) throw new RangeError(`Nothing provokes ${row}.`);
  return found.says;
}
