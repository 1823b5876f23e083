import fc from "fast-check";

// Properties look at the same cases in every run, so that a failure is of the change that brought it.
// FAST_CHECK_SEED=… looks at others.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });
