module.exports = require("../lazy-sdk.cjs").standIn("automation.cjs", { esModule: true });
