import type { BenchCase } from "../bench-case";
import { ChainWorld } from "../support/chain-world";

const GUIDE_POLL_MILLISECONDS = 5_000;

/** The guide's own flow against ours, from the first call to a deployed model. */
export const guideFlow: BenchCase = {
  id: "B3",
  title: "The guide's own flow, which polls every 5 s, ÷ ours, from the first call to a deployed model",
  run: async ({ runs, shared }, measured) => {
    const world = await ChainWorld.open(await shared.open());
    try {
      const ours: number[] = [];
      const guide: number[] = [];
      await world.ours(false);
      for (let run = 0; run < runs; run += 1) {
        ours.push((await world.ours(false)).milliseconds);
        guide.push(await world.bare({ deploy: "apart", probe: false, pollMilliseconds: GUIDE_POLL_MILLISECONDS }));
      }
      const our = measured.figure("to a deployed model", "ours", "ms", ours).median;
      const other = measured.figure("to a deployed model", "guide", "ms", guide).median;
      measured.verdict("guide ÷ ours", other / our, "ratio", { is: "at least", value: 8 });
      return world.cluster.version;
    } finally {
      await world.close();
    }
  },
};
