module.exports = require("../lazy-modules.cjs").standIn("arborist.cjs", { esModule: true });
