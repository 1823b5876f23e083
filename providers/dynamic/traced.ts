import type * as pulumi from "@pulumi/pulumi";
import { onBehalfOf } from "../../clients/on-behalf";
import { type CallEvent, clockMs, trace } from "../../clients/trace";
import { endWithEngine } from "./engine-gone";
import { reportsDelivered, reportToEngine } from "./engine-log";
import type { Properties } from "./wire";

type ResourceProvider = pulumi.dynamic.ResourceProvider<Properties, Properties>;

/** When this process loaded the package, caused by the engine's first call. */
const firstModuleMs = clockMs();
let firstCallTold = false;

reportToEngine();
endWithEngine();

/**
 * Wraps a provider so that each call knows its resource, for reports, requests and waits, and is published on a
 * diagnostics channel (see `clients/trace.ts`).
 */
export function traced(provider: Required<Omit<ResourceProvider, "configure">>): ResourceProvider {
  return {
    check: (olds, news) => call("check", news, () => provider.check(olds, news)),
    diff: (id, olds, news) => call("diff", news, () => provider.diff(id, olds, news)),
    create: (inputs) => call("create", inputs, () => provider.create(inputs)),
    read: (id, properties) => call("read", properties, () => provider.read(id, properties)),
    update: (id, olds, news) => call("update", news, () => provider.update(id, olds, news)),
    delete: (id, properties) => call("delete", properties, () => provider.delete(id, properties)),
  };
}

function call<T>(op: CallEvent["op"], properties: unknown, run: () => Promise<T>): Promise<T> {
  tellFirstCall();
  return onBehalfOf(ownerIn(properties), () => recorded(op, run));
}

/** Sends all reports before the call returns. The engine may end this process right after the last call. */
async function delivered<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    await reportsDelivered();
  }
}

async function recorded<T>(op: CallEvent["op"], run: () => Promise<T>): Promise<T> {
  const startMs = clockMs();
  let ok = false;
  try {
    const outcome = await delivered(run);
    ok = true;
    return outcome;
  } finally {
    trace("call", startMs, { op, ok });
  }
}

function tellFirstCall(): void {
  if (firstCallTold) return;
  firstCallTold = true;
  trace("process", clockMs(), { firstModuleMs });
}

/** The hidden input that equals the resource's URN (see `dynamicProperties`). */
function ownerIn(properties: unknown): string {
  const owner = typeof properties === "object" && properties !== null && "owner" in properties ? properties.owner : "";
  return typeof owner === "string" ? owner : "";
}
