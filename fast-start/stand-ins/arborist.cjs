module.exports = require("../lazy-sdk.cjs").standIn("arborist.cjs", { esModule: true });
