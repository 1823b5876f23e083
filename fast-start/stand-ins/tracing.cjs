// The SDK asks for a span of each step, with or without a place to send it to. Without one, OpenTelemetry's API alone
// answers with a span that does nothing; only `--tracing` and TRACEPARENT need what the real module loads to send them.
const { createRequire } = require("node:module");
const { placeOf } = require("../lazy-sdk.cjs");

const place = placeOf("tracing.cjs");
const { trace } = createRequire(place)("@opentelemetry/api");
const real = () => require(place);
let isSent = process.env.TRACEPARENT !== undefined;

exports.start = (url) => {
  isSent = true;
  real().start(url);
};
exports.stop = () => real().stop();
exports.newSpan = (name) => (isSent ? real().newSpan(name) : trace.getTracer("nodejs-runtime").startSpan(name));
