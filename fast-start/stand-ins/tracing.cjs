// The SDK asks for a span of each step, with or without a place to send it to. Without one, OpenTelemetry's API alone
// answers with a span that does nothing, or below TRACEPARENT with one of what the SDK's instrumentation has loaded. The
// rest of the real module sends what `--tracing` asks for.
const { createRequire } = require("node:module");
const { placeOf } = require("../lazy-modules.cjs");

const place = placeOf("tracing.cjs");
const { trace } = createRequire(place)("@opentelemetry/api");
const real = () => require(place);
let isSent = false;

exports.start = (url) => {
  isSent = true;
  real().start(url);
};
exports.stop = () => real().stop();
exports.newSpan = (name) => (isSent ? real().newSpan(name) : trace.getTracer("nodejs-runtime").startSpan(name));
