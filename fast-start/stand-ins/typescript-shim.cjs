module.exports = require("../lazy-modules.cjs").standIn("typescript-shim.cjs", { esModule: false });
