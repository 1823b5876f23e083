/** What a fault does to a request it fits. */
export type FaultAction =
  /** Close the connection before anything happens. */
  | { kind: "refuse" }
  /** Let the server do the work, then close the connection without an answer. */
  | { kind: "drop-response" }
  /** Wait before the request is passed on. */
  | { kind: "delay"; delayMs: number }
  /** Never answer; the server does not see the request. */
  | { kind: "hang" }
  /** Answer with this status; the server does not see the request. */
  | { kind: "status"; status: number; body?: unknown }
  /** Do something on the server just before the request is passed on. */
  | { kind: "before"; act: () => Promise<void> }
  /** Do something instead; the server does not see the request, and the connection is closed. */
  | { kind: "instead"; act: () => Promise<void> }
  /** Let the server do the work, do something, then close the connection without an answer. */
  | { kind: "after"; act: () => Promise<void> }
  /** Pass the request on and change the answer; without a status the server's own stays. */
  | { kind: "rewrite"; status?: number; answer: (body: unknown) => unknown };

export interface Fault {
  /** Which requests it fits; an unset part fits all. `path` is the whole path without the query, `*` stands for anything. */
  match?: { method?: string; path?: string; isWrite?: boolean };
  /** First fitting request that is hit, counted from 1. Default: 1. */
  nth?: number;
  /** How many requests are hit from there on. Default: 1. */
  times?: number;
  action: FaultAction;
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
  hit: number;
}

/** The faults a test has ordered. */
export class FaultList {
  private readonly armed: Armed[] = [];
  private nextId = 1;

  /** Orders a fault and gives its id. */
  add(fault: Fault): number {
    const id = this.nextId++;
    this.armed.push({ id, fault, seen: 0, hit: 0 });
    return id;
  }

  clear(): void {
    this.armed.length = 0;
  }

  /** Faults with how often each was seen and hit. */
  list(): { id: number; fault: Fault; seen: number; hit: number }[] {
    return this.armed.map((armed) => ({ ...armed }));
  }

  /** The action for a request, if one is due. Every fault that the request fits counts it. */
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

/** Whether a request may change what is on the server; a search is sent with POST, too. */
export function isWrite(method: string, path: string): boolean {
  return method !== "GET" && method !== "HEAD" && !/\/(_search|_predict|_refresh|_count)$/.test(path);
}
