// The SDK asks for a span of each step, with or without a place to send it to. Without one, OpenTelemetry's API alone
// answers with a span that does nothing, or below TRACEPARENT with one of what the SDK's instrumentation has loaded. The
// rest of the real module sends what `--tracing` asks for.
const { createRequire } = require("node:module");

module.exports = (real, place) => {
  let isSent = false;
  return {
    start: (url) => {
      isSent = true;
      real().start(url);
    },
    stop: () => real().stop(),
    newSpan: (name) => {
      if (isSent) return real().newSpan(name);
      const { trace } = createRequire(place)("@opentelemetry/api");
      return trace.getTracer("nodejs-runtime").startSpan(name);
    },
  };
};
