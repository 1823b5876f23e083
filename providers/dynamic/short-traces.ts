/** The SDK's three frames, that of this package's class, and the line of the program that made the resource. */
const FRAMES = 5;

/**
 * Keeps stack traces short until the function returned is called. To be called around `super(...)`, in `finally`.
 *
 * Pulumi's SDK takes a trace for each promise of a resource, four a property, and never shows one unless
 * `PULUMI_DEBUG_PROMISE_LEAKS` asks for it; each costs about 0.2 ms, since the frames are looked up in source maps (SDK
 * 3.270.0, `runtime/debuggable.ts`; the figures are in docs/performance.md). The positions in the state stay whole: for
 * those the SDK sets a limit of its own.
 *
 * @example
 * ```ts
 * const wholeTraces = shortTraces();
 * try {
 *   super(type, name, properties, opts);
 * } finally {
 *   wholeTraces();
 * }
 * ```
 */
export function shortTraces(): () => void {
  const limit = Error.stackTraceLimit;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = Math.min(limit, FRAMES);
  return () => {
    Error.stackTraceLimit = limit;
  };
}
