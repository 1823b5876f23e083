import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { pauseTraces, withPausedTraces } from "../../../../providers/dynamic/paused-traces";
import { ModelGroup } from "../../../../providers/model-group/resource";

const connection = { endpoint: "http://localhost:9200" };
const DEEP = 40;

/** Calls `task` from that many frames further down. */
function fromFar<T>(frames: number, task: () => T): T {
  return frames === 0 ? task() : fromFar(frames - 1, task);
}

/** Runs `task` that far down, and shows every trace that is taken meanwhile. */
function watched(task: () => unknown, seen: (frames: readonly NodeJS.CallSite[]) => void): void {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) => {
    seen(frames);
    return prepare ? prepare(error, frames) : `${error}`;
  };
  try {
    fromFar(DEEP, task);
  } finally {
    Error.prepareStackTrace = prepare;
  }
}

/** The longest of the traces that were taken while `task` ran. */
function framesTakenBy(task: () => unknown): number {
  let most = 0;
  watched(task, ({ length }) => {
    // For the positions in the state the SDK lifts the limit itself.
    if (Error.stackTraceLimit !== Number.POSITIVE_INFINITY) most = Math.max(most, length);
  });
  return most;
}

const inTimer = (task: () => void) => new Promise<void>((done) => setImmediate(() => done(task())));
const inApply = (task: () => void) => new Promise<void>((done) => pulumi.output(1).apply(() => done(task())));

/** The files of the trace from which the SDK takes the positions in the state, which is the longest of all. */
async function filesOfPositions(make: () => unknown, below: (task: () => void) => Promise<void>): Promise<string[]> {
  let longest: string[] = [];
  const seen = (frames: readonly NodeJS.CallSite[]) => {
    if (frames.length > longest.length) longest = frames.map((frame) => frame.getFileName() ?? "node:");
  };
  await below(() => watched(make, seen));
  return longest;
}

function stackOf(task: () => unknown): string {
  try {
    task();
  } catch (error) {
    return String((error as Error).stack);
  }
  throw new Error("Nothing was thrown.");
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("stack traces of a resource", () => {
  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  });

  it("are one frame long while it is registered: the SDK takes four a property and shows none", () => {
    expect(framesTakenBy(() => new ModelGroup("short", { connection }))).toBe(1);
  });

  it.each([
    ["Node.js", inTimer],
    ["Pulumi's runtime", inApply],
  ])("for the positions in the state end above %s, which runs the program", async (_, below) => {
    const files = await filesOfPositions(() => new ModelGroup(`cut ${below.name}`, { connection }), below);
    expect(files.length).toBeGreaterThan(DEEP);
    expect(files.at(-1)).toMatch(/paused-traces\.test\.ts$/);
    const whole = await filesOfPositions(() => new pulumi.ComponentResource("test:index:Whole", below.name), below);
    expect(whole.at(-1)).not.toMatch(/paused-traces\.test\.ts$/);
  });

  it.each([null, false, 0, {}])("take a formatter %j for none, as Node.js does", (formatter) => {
    const prepare = Error.prepareStackTrace;
    try {
      Object.assign(Error, { prepareStackTrace: formatter });
      expect(() => new ModelGroup(`with ${JSON.stringify(formatter)}`, { connection })).not.toThrow();
      expect(Error.prepareStackTrace).toBe(formatter);
    } finally {
      Error.prepareStackTrace = prepare;
    }
  });

  it("keep a formatter that the program sets meanwhile", () => {
    const prepare = Error.prepareStackTrace;
    const own = (error: Error) => `${error}`;
    const setting = () => {
      Error.prepareStackTrace = own;
      return undefined;
    };
    try {
      new ModelGroup("setting", { connection }, { transformations: [setting] });
      expect(Error.prepareStackTrace).toBe(own);
    } finally {
      Error.prepareStackTrace = prepare;
    }
  });

  it("have the program's own limit and formatter again afterwards", () => {
    const prepare = Error.prepareStackTrace;
    const limit = Error.stackTraceLimit;
    new ModelGroup("after", { connection });
    expect(Error.stackTraceLimit).toBe(limit);
    expect(Error.prepareStackTrace).toBe(prepare);
  });

  it("have the program's own limit again when the resource is refused", () => {
    const limit = Error.stackTraceLimit;
    expect(() => new ModelGroup("", { connection })).toThrow(pulumi.ResourceError);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("still name the SDK's line and the line of the program when the resource is refused", () => {
    const stack = stackOf(() => new ModelGroup("", { connection }));
    expect(stack.split("\n")[0]).toBe("Error: Missing resource name argument (for URN creation)");
    expect(stack).toContain("pulumi/resource");
    expect(stack).toContain("paused-traces.test.ts");
  });

  it("name the line of a program's own transformation that throws, and the one that makes the resource", () => {
    function faulty(): never {
      throw new TypeError("a mistake of the program");
    }
    function making() {
      return new ModelGroup("transformed", { connection }, { transformations: [faulty] });
    }
    const [message, thrownIn, ...below] = stackOf(making).split("\n");
    expect(message).toBe("TypeError: a mistake of the program");
    expect(thrownIn).toContain("at faulty ");
    expect(below.join("\n")).toContain("at making ");
  });

  it("are paused for resources of other packages too, and their errors name both lines", () => {
    const limit = Error.stackTraceLimit;
    function making(): never {
      expect(Error.stackTraceLimit).toBe(1);
      throw new TypeError("refused");
    }
    expect(withPausedTraces(() => Error.stackTraceLimit)).toBe(1);
    const stack = stackOf(() => withPausedTraces(making));
    expect(stack).toContain("at making ");
    expect(stack).toContain("at withPausedTraces ");
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("of an error that was made before stay as they are", () => {
    const made = new Error("made before");
    const before = made.stack;
    const throwing = (): never => {
      throw made;
    };
    expect(stackOf(() => withPausedTraces(throwing))).toBe(before);
  });

  it("stay whole where PULUMI_DEBUG_PROMISE_LEAKS is to show them", () => {
    vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "1");
    const limit = Error.stackTraceLimit;
    const traces = pauseTraces();
    expect(Error.stackTraceLimit).toBe(limit);
    traces.resume();
  });

  it("are not made longer than the program wants them", () => {
    const limit = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = 0;
      const traces = pauseTraces();
      expect(Error.stackTraceLimit).toBe(0);
      traces.resume();
      expect(Error.stackTraceLimit).toBe(0);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});
