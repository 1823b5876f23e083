/** A recorded story of HTTP calls. The format is described in `README.md` beside this file. */
export interface Scenario {
  name: string;
  about: string;
  server?: string;
  needs_fresh_server?: boolean;
  no_reset?: boolean;
  /** Further placeholders, for example names of indices to be deleted afterwards. */
  names?: Record<string, string>;
  steps: (Step | WaitStep | ParallelStep)[];
}

export interface WaitStep {
  wait_ms: number;
}

export interface ParallelStep {
  parallel: Step[];
}

export interface Step {
  id: string;
  method: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  /** Text that is sent as it is, instead of `body`. */
  raw?: string;
  timeout_s?: number;
  expect?: Expectation | { one_of: Expectation[] };
  capture?: Record<string, string>;
  poll?: Poll;
  elapsed_ms?: number;
}

/** Status -1: no answer came within the step's time. */
export interface Expectation {
  status: number;
  content_type?: string;
  body?: unknown;
}

export interface Poll {
  until: { path: string; in: unknown[] };
  timeout_ms?: number;
  every_ms?: number;
  seen?: unknown[];
}

/** What came back: status -1 when nothing did. */
export interface Answer {
  status: number;
  contentType: string;
  body: unknown;
}

/** Values captured on the way, by name. */
export type Names = Record<string, unknown>;
