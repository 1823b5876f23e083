import fc from "fast-check";

// Property tests use the same cases in every run, so that a failure points to the change that caused it.
// FAST_CHECK_SEED=… selects others.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });
