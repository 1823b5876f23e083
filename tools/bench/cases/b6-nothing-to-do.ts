import type { BenchCase } from "../bench-case";

/** An `up` that finds nothing to do, against the engine's floor. */
export const nothingToDo: BenchCase = {
  id: "B6",
  title: "`up` with nothing to do, 50 models ÷ engine floor",
  run: async ({ growth }, measured) => {
    const models = growth.sizes.bare;
    const { ours, floor, version } = await growth.at(models);
    const step = "up with nothing to do";
    const our = measured.figure(step, "ours", "s", ours.seconds[step], models).median;
    const least = measured.figure(step, "engine floor", "s", floor.seconds[step], models).median;
    measured.verdict("ours ÷ engine floor", our / least, "ratio", { is: "at most", value: 1.1 });
    return version;
  },
};
