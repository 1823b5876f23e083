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

  private take(isDue: (armed: Armed) => boolean): FaultAction | undefined {
    for (const armed of this.armed.filter(isDue)) {
      armed.seen++;
      const { nth = 1, times = 1 } = armed.fault;
      if (armed.seen < nth || armed.hit >= times) continue;
      armed.hit++;
      return armed.fault.action;
    }
    return undefined;
  }
}

function isLate(action: FaultAction): boolean {
  return action.kind === "deploy-fails" || action.kind === "undeploy-marks-failed";
}

function fits({ match }: Fault, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match?.path === undefined) return true;
  const parts = match.path.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
