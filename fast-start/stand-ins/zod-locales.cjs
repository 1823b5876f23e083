module.exports = require("../lazy-modules.cjs").standIn("zod-locales.cjs", { esModule: true });
