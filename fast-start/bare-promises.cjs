// The SDK takes a stack trace for each promise of a resource, four a property, and shows one only where
// PULUMI_DEBUG_PROMISE_LEAKS asks for it. Each costs up to 0.3 ms, since its frames are looked up in source maps (SDK
// 3.270.0, runtime/debuggable.ts). Here they are taken without frames.

/** @param debuggable the SDK's module of that name, where it is loaded. */
exports.takeNoTraces = (debuggable) => {
  const traced = debuggable?.debuggablePromise;
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS || typeof traced !== "function") return;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return traced(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
};
