module.exports =
  (real) =>
  (...args) =>
    real()(...args);
