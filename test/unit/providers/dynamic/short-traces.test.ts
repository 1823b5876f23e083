import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { shortTraces } from "../../../../providers/dynamic/short-traces";
import { ModelGroup } from "../../../../providers/model-group/resource";

const connection = { endpoint: "http://localhost:9200" };
const DEEP = 40;

/** Calls `task` from that many frames further down. */
function fromFar<T>(frames: number, task: () => T): T {
  return frames === 0 ? task() : fromFar(frames - 1, task);
}

/** The longest of the traces that were taken while `task` ran. */
function framesTakenBy(task: () => unknown): number {
  const prepare = Error.prepareStackTrace;
  let most = 0;
  Error.prepareStackTrace = (error, frames) => {
    // For the positions in the state the SDK lifts the limit itself.
    if (Error.stackTraceLimit !== Number.POSITIVE_INFINITY) most = Math.max(most, frames.length);
    return prepare ? prepare(error, frames) : `${error}`;
  };
  try {
    fromFar(DEEP, task);
  } finally {
    Error.prepareStackTrace = prepare;
  }
  return most;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("stack traces of a resource", () => {
  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  });

  it("are short while it is registered: the SDK takes four a property and shows none", () => {
    expect(framesTakenBy(() => new ModelGroup("short", { connection }))).toBe(5);
  });

  it("have the program's own limit again afterwards", () => {
    const limit = Error.stackTraceLimit;
    new ModelGroup("after", { connection });
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("have the program's own limit again when the resource is refused", () => {
    const limit = Error.stackTraceLimit;
    expect(() => new ModelGroup("", { connection })).toThrow(pulumi.ResourceError);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("still name the line of the program when the resource is refused", () => {
    let caught: unknown;
    try {
      new ModelGroup("", { connection });
    } catch (error) {
      caught = error;
    }
    expect(String((caught as Error).stack)).toContain("short-traces.test.ts");
  });

  it("stay whole where PULUMI_DEBUG_PROMISE_LEAKS is to show them", () => {
    vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "1");
    const limit = Error.stackTraceLimit;
    const wholeTraces = shortTraces();
    expect(Error.stackTraceLimit).toBe(limit);
    wholeTraces();
  });

  it("are not made longer than the program wants them", () => {
    const limit = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = 2;
      const wholeTraces = shortTraces();
      expect(Error.stackTraceLimit).toBe(2);
      wholeTraces();
      expect(Error.stackTraceLimit).toBe(2);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});
