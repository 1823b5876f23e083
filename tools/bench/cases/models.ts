import { BareChain, SETTINGS, stubCall } from "../bare";
import type { BenchCase } from "../bench-case";
import { EngineStack } from "../engine-stack";
import type { Row } from "../results";
import { openCluster, startStubModel } from "../servers";
import { inTurns, type Samples, seconds } from "../turns";

const SIZES = [1, 50, 200];
const QUICK_SIZES = [1, 5];

/** The chat chain with one model and with many, on existing servers, beside bare requests and the engine's floor. */
export const models: BenchCase = {
  id: "models",
  question: "What do Pulumi and this package add to the server's own work, and how does that grow?",
  run: async ({ runs, quick, toolchain, say }) => {
    const cluster = await openCluster(toolchain);
    const stub = await startStubModel();
    const rows: Row[] = [];
    try {
      const sizes = quick ? QUICK_SIZES : SIZES;
      for (const size of sizes) {
        say(`size ${size}`);
        const isLargest = size === sizes.at(-1);
        const sides = {
          bare: () => bare(cluster.endpoint, stub.endpoint, size),
          floor: () => stack("floor", cluster.endpoint, stub.endpoint, size, isLargest),
          ours: () => stack("ours", cluster.endpoint, stub.endpoint, size, isLargest),
        };
        rows.push(...rowsOf(await inTurns(runs, sides), size, isLargest));
      }
    } finally {
      await stub.stop();
      await cluster.stop();
    }
    return { rows };
  },
};

/** Seconds of an `up` and of another one with nothing to do, and the bytes that the provider process held. */
type Life = { readonly up: number; readonly again: number; readonly bytes: number };
type Sides = Record<"ours" | "floor", () => Promise<Life>> & Record<"bare", () => Promise<Pick<Life, "up">>>;

async function bare(cluster: string, modelServer: string, size: number): Promise<Pick<Life, "up">> {
  const chain = new BareChain(cluster, stubCall(modelServer));
  try {
    return { up: await seconds(() => chain.make(size)) };
  } finally {
    await chain.remove();
  }
}

let stacks = 0;

async function stack(
  program: "ours" | "floor",
  endpoint: string,
  modelServer: string,
  size: number,
  watchesMemory: boolean,
): Promise<Life> {
  stacks += 1;
  const group = `bench-${process.pid}-stack-${stacks}`;
  const world = { endpoint, modelServer, group, models: size, settings: SETTINGS };
  const made = await EngineStack.ofProgram(program, { world });
  try {
    const up = await made.run("up", watchesMemory);
    const again = await made.run("up");
    return { up: up.seconds, again: again.seconds, bytes: up.bytes };
  } finally {
    await made.remove();
  }
}

function rowsOf({ ours, bare: calls, floor }: Samples<Sides>, size: number, isLargest: boolean): Row[] {
  const name = size === 1 ? "the chat chain, one model" : `${size} models in one group`;
  const idle = (samples: readonly number[]) => [{ name: "engine floor", samples: [...samples] }];
  const up: Row = {
    what: `\`up\` of ${name}`,
    unit: "s",
    samples: [...ours.up],
    beside: [{ name: "bare calls", samples: [...calls.up] }, ...idle(floor.up)],
    act: { on: "quotient", is: "above", limit: 2, advice: "report it: the package should add little to both" },
  };
  const again: Row = {
    what: `\`up\` with nothing to do, ${name}`,
    unit: "s",
    samples: [...ours.again],
    beside: idle(floor.again),
    act: { on: "quotient", is: "above", limit: 2, advice: "report it; until then `pulumi up --target` does less" },
  };
  const memory: Row = {
    what: `memory of the provider process, ${name}`,
    unit: "bytes",
    samples: [...ours.bytes],
    beside: idle(floor.bytes),
    act: {
      on: "value",
      is: "above",
      limit: 512 * 1024 ** 2,
      advice: "split the stack, or give the CI runner more memory",
    },
  };
  return isLargest ? [up, again, memory] : [up, again];
}
