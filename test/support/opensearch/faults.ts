/** What a fault does to a matching request. */
export type FaultAction =
  /** Close the connection before anything happens. */
  | { kind: "refuse" }
  /** Forward the request, then close the connection without an answer. */
  | { kind: "drop-response" }
  /** Wait before forwarding the request. */
  | { kind: "delay"; delayMs: number }
  /** Never answer; the server does not see the request. */
  | { kind: "hang" }
  /** Answer with this status; the server does not see the request. */
  | { kind: "status"; status: number; body?: unknown }
  /** Do something just before forwarding the request. */
  | { kind: "before"; act: () => Promise<void> }
  /** Do something instead of forwarding the request, and close the connection. */
  | { kind: "instead"; act: () => Promise<void> }
  /** Forward the request, do something, then close the connection without an answer. */
  | { kind: "after"; act: () => Promise<void> }
  /** Forward the request and change the answer. Without a status, the server's stays. */
  | { kind: "rewrite"; status?: number; answer: (body: unknown) => unknown };

export interface Fault {
  /** Matching requests; an unset part matches all. `path` is the whole path without the query, `*` matches anything. */
  match?: { method?: string; path?: string; isWrite?: boolean };
  /** The first matching request that is hit, from 1. Default: 1. */
  nth?: number;
  /** Number of requests that are hit from there on. Default: 1. */
  times?: number;
  action: FaultAction;
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
  hit: number;
}

/** The faults that a test has ordered. */
export class FaultList {
  private readonly armed: Armed[] = [];
  private nextId = 1;

  /** Orders a fault. Returns its id. */
  add(fault: Fault): number {
    const id = this.nextId++;
    this.armed.push({ id, fault, seen: 0, hit: 0 });
    return id;
  }

  clear(): void {
    this.armed.length = 0;
  }

  /** The faults, with their numbers of matches and hits. */
  list(): { id: number; fault: Fault; seen: number; hit: number }[] {
    return this.armed.map((armed) => ({ ...armed }));
  }

  /** The action for a request, if one is due. Every matching fault counts the request. */
  take(method: string, path: string): FaultAction | undefined {
    const fitting = this.armed.filter(({ fault }) => fits(fault, method, path));
    for (const armed of fitting) armed.seen++;
    const due = fitting.find(({ seen, hit, fault: { nth = 1, times = 1 } }) => seen >= nth && hit < times);
    if (!due) return undefined;
    due.hit++;
    return due.fault.action;
  }
}

function fits({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match?.isWrite !== undefined && match.isWrite !== isWrite(method, path)) return false;
  if (match?.path === undefined) return true;
  const parts = match.path.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}

/** Whether a request may change the server. A search uses POST, but changes nothing. */
export function isWrite(method: string, path: string): boolean {
  return method !== "GET" && method !== "HEAD" && !/\/(_search|_predict|_refresh|_count)$/.test(path);
}
