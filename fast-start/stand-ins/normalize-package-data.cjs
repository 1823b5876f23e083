const { placeOf } = require("../lazy-sdk.cjs");

module.exports = (...args) => require(placeOf("normalize-package-data.cjs"))(...args);
