const { placeOf } = require("../lazy-modules.cjs");

module.exports = (...args) => require(placeOf("normalize-package-data.cjs"))(...args);
