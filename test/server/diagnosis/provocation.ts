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
  /** True where the lifecycle that throws explains it in words of its own. */
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
  const { message } = await failureOf(one.run(world));
  const [said = "", advice] = message.split("\n  cause: ");
  expect(masked(said, masks(world))).toBe(one.says);
  expect(diagnose(said)?.id).toBe(one.row);
  const { cause, fix } = symptomOf(one.row);
  // What a lifecycle throws tells cause and fix itself.
  if (advice !== undefined && !one.explainsItself) expect(advice).toBe(`${cause}\n  fix: ${fix}`);
}

function masked(text: string, masks: Masks): string {
  return masks.reduce((all, [shown, word]) => (shown === "" ? all : all.replaceAll(shown, word)), text);
}

/** The texts of some provocations, by row and what is done, for doubles that shall say what the real server says. */
export function wordsOf(provocations: readonly Provocation<never>[], row: string, how?: string): string {
  const found = provocations.filter((one) => one.row === row && (how === undefined || one.how === how));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new RangeError(`${found.length} provocations of ${row} fit.`);
  return only.says;
}
