import type { BenchCase } from "../bench-case";
import { spread } from "../statistics";
import { STEPS, type Step } from "../support/growth";

/** The smallest size at which the start of processes no longer hides the cost of a resource. */
const FLAT_FROM = 10;

/**
 * The steps whose quotient cannot stay: the start of processes weighs most in it at ten models, the server's work, of
 * which the floor has none, at two hundred. What a model costs above the floor shows whether that grows.
 */
const WITH_SERVER_WORK = ["up", "destroy"] as const;

/** How time and state grow with the number of models. */
export const growthOfStacks: BenchCase = {
  id: "B5",
  title: "Growth: N models (connector and model each, one group): seconds, and bytes of state a resource",
  run: async ({ growth }, measured) => {
    let version: string | undefined;
    for (const models of growth.sizes.all) {
      const samples = await growth.at(models);
      version = samples.version;
      for (const step of STEPS) {
        measured.figure(step, "ours", "s", samples.ours.seconds[step], models);
        measured.figure(step, "engine floor", "s", samples.floor.seconds[step], models);
      }
      const state = "state a resource, beside the user's inputs";
      measured.figure(state, "ours", "bytes", samples.ours.stateBytes, models);
      measured.figure(state, "engine floor", "bytes", samples.floor.stateBytes, models);
    }
    const largest = growth.sizes.all.at(-1) ?? 1;
    const flat = growth.sizes.all.filter((models) => models >= FLAT_FROM);
    const ours = (step: Step, models: number) => measured.median(step, "ours", models);
    const floor = (step: Step, models: number) => measured.median(step, "engine floor", models);
    for (const step of STEPS) {
      const name = `${step}: how far ours ÷ floor differs between ${FLAT_FROM} and ${largest} models`;
      const values = flat.map((models) => ours(step, models) / floor(step, models));
      if (values.length > 1) measured.verdict(name, spread(values), "ratio", { is: "at most", value: 0.15 });
    }
    for (const step of WITH_SERVER_WORK) {
      const values = flat.map((models) => (ours(step, models) - floor(step, models)) / models);
      const name = `${step}: how far (ours − floor) ÷ models differs between ${FLAT_FROM} and ${largest} models`;
      if (values.length > 1) measured.verdict(name, spread(values), "ratio");
    }
    const state = "state a resource, beside the user's inputs";
    const bytes = measured.median(state, "ours", largest);
    measured.verdict(`state a resource, ${largest} models`, bytes, "bytes", { is: "at most", value: 1536 });
    const own = bytes - measured.median(state, "engine floor", largest);
    measured.verdict("above that of the engine floor", own, "bytes");
    return version;
  },
};
