module.exports = require("../lazy-sdk.cjs").standIn("typescript-shim.cjs", { esModule: false });
