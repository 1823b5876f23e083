/** Enough to say where an error comes from; the line of the program is added to it. */
const FRAMES = 1;
/** Files of Node.js and of Pulumi's SDK, which runs the program. */
const RUNTIME = /^node:|[\\/]@pulumi[\\/]pulumi[\\/]/;

export interface PausedTraces {
  /**
   * The error as it is to be thrown on: the line that threw it, and then the frames from the caller's on. Those in
   * between were not kept. An error that was made before keeps the trace it has.
   */
  retraced(error: unknown): unknown;
  /** Gives the program its own limit back. */
  resume(): void;
}

/**
 * Keeps stack traces to one frame until `resume` is called. To be called around `super(...)`.
 *
 * Pulumi's SDK takes a trace for each promise of a resource, four a property, and never shows one unless
 * `PULUMI_DEBUG_PROMISE_LEAKS` asks for it; each costs up to 0.3 ms, since its frames are looked up in source maps (SDK
 * 3.270.0, `runtime/debuggable.ts`; the figures are in docs/performance.md). For the positions in the state the SDK sets a
 * limit of its own: those name all frames down to the program's outermost, and leave out what ran the program, which is
 * the same for each resource and would be 0.3 KB of each.
 *
 * @example
 * ```ts
 * const traces = pauseTraces();
 * try {
 *   super(type, name, properties, opts);
 * } catch (error) {
 *   throw traces.retraced(error);
 * } finally {
 *   traces.resume();
 * }
 * ```
 */
export function pauseTraces(): PausedTraces {
  const limit = Error.stackTraceLimit;
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS || limit <= FRAMES) {
    return { retraced: (error) => error, resume: () => undefined };
  }
  const prepare = Error.prepareStackTrace;
  // Node.js takes no heed of anything else than a function.
  const shortened: typeof prepare =
    typeof prepare === "function" ? (error, frames) => prepare(error, withoutRuntime(frames)) : prepare;
  const resume = () => {
    Error.stackTraceLimit = limit;
    if (Error.prepareStackTrace === shortened) Error.prepareStackTrace = prepare;
  };
  const retraced = (error: unknown) => {
    resume();
    if (error instanceof Error && isShort(error)) error.stack = `${error.stack ?? error}${framesFrom(retraced)}`;
    return error;
  };
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = shortened;
  return { retraced, resume };
}

/** Makes resources of other packages with the traces paused. */
export function withPausedTraces<T>(make: () => T): T {
  const traces = pauseTraces();
  try {
    return make();
  } catch (error) {
    throw traces.retraced(error);
  } finally {
    traces.resume();
  }
}

function withoutRuntime(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const outermost = frames.findLastIndex((frame) => !RUNTIME.test(frame.getFileName() ?? "node:"));
  return outermost < 0 ? frames : frames.slice(0, outermost + 1);
}

function isShort({ stack = "" }: Error): boolean {
  return stack.split("\n").filter((line) => /^ +at /.test(line)).length <= FRAMES;
}

/** The frames below a function that is running, one a line, each line with its break before it. */
function framesFrom(below: CallableFunction): string {
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, below as () => void);
  const { stack = "" } = here;
  const first = stack.indexOf("\n");
  return first < 0 ? "" : stack.slice(first);
}
