import { appendFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";

type Properties = Record<string, unknown>;

/** Names a file that gets a line for each call: its start and its end in milliseconds since 1970. */
export const CALLS_VARIABLE = "OLLAMA_CHAT_BENCH_CALLS";

const calls = process.env[CALLS_VARIABLE];
let made = 0;

function noted<T>(answer: T): Promise<T> {
  const now = performance.timeOrigin + performance.now();
  if (calls) appendFileSync(calls, `${now} ${now}\n`);
  return Promise.resolve(answer);
}

/** The least a dynamic provider can do. */
export const provider: pulumi.dynamic.ResourceProvider<Properties, Properties> = {
  check: (_olds, news) => noted({ inputs: news, failures: [] }),
  diff: () => noted({ changes: false }),
  create: (inputs) => noted({ id: `nothing-${++made}`, outs: inputs }),
  read: (id, properties) => noted({ id, props: properties ?? {} }),
  update: (_id, _olds, news) => noted({ outs: news }),
  delete: () => noted(undefined),
};
