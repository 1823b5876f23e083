import { setTimeout as sleep } from "node:timers/promises";
import { statusError } from "./errors";
import { CLOSED_DURING_REQUEST, type RemoteAnswer } from "./ml/remote-call";

/** What a fault does to a request it fits. */
export type FaultAction =
  /** Close the connection before anything happens. */
  | { kind: "refuse" }
  /** Do the work, then close the connection without an answer. */
  | { kind: "drop-response" }
  /** Wait before doing the work. */
  | { kind: "delay"; delayMs: number }
  /** Answer with this status instead of doing the work. */
  | { kind: "status"; status: number; body?: unknown }
  /** Let the deployment that the request starts fail with this text in its task. */
  | { kind: "deploy-fails"; error: string }
  /** Let the model server behind a prediction be slow, answer so, or hang up. */
  | { kind: "backend"; delayMs?: number; status?: number; body?: string; hangsUp?: boolean }
  /** Leave a model DEPLOY_FAILED after its undeployment, as the server's own sync job does now and then. */
  | { kind: "undeploy-marks-failed" };

export interface Fault {
  /** Which requests it fits; an unset part fits all. `path` is the whole path, `*` stands for anything. */
  match?: { method?: string; path?: string };
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

  remove(id: number): void {
    const at = this.armed.findIndex((armed) => armed.id === id);
    if (at >= 0) this.armed.splice(at, 1);
  }

  clear(): void {
    this.armed.length = 0;
  }

  /** Faults with how often each was seen and hit. */
  list(): { id: number; fault: Fault; seen: number; hit: number }[] {
    return this.armed.map((armed) => ({ ...armed }));
  }

  /** The action for a request, if one is due. Deployment faults wait for the deployment instead. */
  forRequest(method: string, path: string): FaultAction | undefined {
    const due = (armed: Armed) => !isLate(armed.fault.action) && fits(armed.fault, method, path);
    return this.take(due);
  }

  /** The error text a deployment has to end with. */
  deployFailure(modelId: string): string | undefined {
    const path = `/_plugins/_ml/models/${modelId}/_deploy`;
    const action = this.take(({ fault }) => fault.action.kind === "deploy-fails" && fits(fault, "POST", path));
    return action?.kind === "deploy-fails" ? action.error : undefined;
  }

  /** The state an undeployment has to leave behind, when it isn't UNDEPLOYED. */
  stateAfterUndeploy(modelId: string): "DEPLOY_FAILED" | undefined {
    const path = `/_plugins/_ml/models/${modelId}/_undeploy`;
    const action = this.take(({ fault }) => fault.action.kind === "undeploy-marks-failed" && fits(fault, "POST", path));
    return action ? "DEPLOY_FAILED" : undefined;
  }

  /** Calls the model server, or does what a fault says instead. */
  async backend(modelId: string, call: () => Promise<RemoteAnswer>): Promise<RemoteAnswer> {
    const path = `/_plugins/_ml/models/${modelId}/_predict`;
    const action = this.take(({ fault }) => fault.action.kind === "backend" && fits(fault, "POST", path));
    if (action?.kind !== "backend") return call();
    if (action.delayMs !== undefined) await sleep(action.delayMs);
    if (action.hangsUp) throw statusError(500, `Error communicating with remote model: ${CLOSED_DURING_REQUEST}`);
    if (action.status === undefined) return call();
    return { status: action.status, body: action.body ?? "", isThrottled: false };
  }

  /** Counts a request for every fault it fits, and gives the action of the first that is due. */
  private take(isFitting: (armed: Armed) => boolean): FaultAction | undefined {
    const fitting = this.armed.filter(isFitting);
    for (const armed of fitting) armed.seen++;
    const due = fitting.find(({ seen, hit, fault: { nth = 1, times = 1 } }) => seen >= nth && hit < times);
    if (!due) return undefined;
    due.hit++;
    return due.fault.action;
  }
}

function isLate(action: FaultAction): boolean {
  return action.kind === "deploy-fails" || action.kind === "undeploy-marks-failed" || action.kind === "backend";
}

function fits({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match?.path === undefined) return true;
  const parts = match.path.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
