import fc from "fast-check";
import type { ServerAddress } from "../../support/opensearch/address";
import { Draw } from "../draw";
import type { Trial } from "../findings";
import { Life, type LifeModel } from "../life";
import { steps } from "../life-steps";
import type { Part } from "../part";

/** Steps that are drawn. About one in three is possible when its turn comes. */
const MOST_STEPS = 60;

/** Random lives of all resources: after every step, server, state and program agree. */
export const lives: Part = {
  id: "lives",
  title: "random lives",
  trials: 30,
  run: async (server, seed) => await lifeTrial(server, seed),
};

/** fast-check draws the steps and shrinks those that find something. */
async function lifeTrial(server: ServerAddress, seed: number): Promise<Trial> {
  let last: Trial | undefined;
  // The shortest life with a finding. Later, shorter ones may have none.
  let found: Trial | undefined;
  const property = fc.asyncProperty(
    fc.commands([...steps], { maxCommands: MOST_STEPS, size: "max" }),
    async (commands) => {
      const life = await Life.start(server, new Draw(seed));
      try {
        const model: LifeModel = life.model();
        await fc.asyncModelRun(() => ({ model, real: life }), commands);
        await life.end(model);
      } finally {
        last = life.world.trial(new Draw(seed));
        if (last.findings.length > 0) found = last;
        await life.stop();
      }
      if (last.findings.length > 0) throw new Error("something was found");
    },
  );
  const details = await fc.check(property, {
    seed: seed | 0,
    numRuns: 1,
    // A biased single run would have few steps.
    unbiased: true,
    endOnFailure: false,
    // Stop between lives only: an interrupted one would go on beside the next.
    skipAllAfterTimeLimit: 60_000,
  });
  if (found !== undefined) return found;
  if (details.failed) {
    throw details.errorInstance instanceof Error ? details.errorInstance : new Error(String(details.errorInstance));
  }
  if (last === undefined) throw new Error("fast-check made no life.");
  return last;
}
