import type { BenchCase } from "../bench-case";

/** Many models in one group by one `up`, against bare calls with ten workers. */
export const manyModels: BenchCase = {
  id: "B4b",
  title: "50 models in one `up` at default parallelism ÷ bare calls with 10 workers, one registration at a time",
  run: async ({ growth }, measured) => {
    const models = growth.sizes.bare;
    const { ours, floor, bareSeconds, version } = await growth.at(models);
    const our = measured.figure("create", "ours", "s", ours.seconds.up, models).median;
    const bare = measured.figure("create", "bare", "s", bareSeconds, models).median;
    const least = measured.figure("create", "engine floor", "s", floor.seconds.up, models).median;
    measured.verdict("ours ÷ bare", our / bare, "ratio", { is: "at most", value: 1.5 });
    measured.verdict("ours, less the engine's floor, ÷ bare", (our - least) / bare, "ratio");
    const missing = measured.figure("models missing after one `up`", "ours", "count", ours.missing, models).max;
    measured.verdict("models missing after one `up`, at most", missing, "count", { is: "at most", value: 0 });
    measured.note("An `up` that reports any error ends this case with it.");
    return version;
  },
};
