import { join } from "node:path";
import { TRACE_VARIABLE } from "../../../clients/trace";
import type { BenchCase } from "../bench-case";
import { CALLS_VARIABLE } from "../programs/do-nothing-provider";
import type { World } from "../programs/world";
import { SETTINGS } from "../support/bare-chain";
import { ChainWorld } from "../support/chain-world";
import { withStack } from "../support/measured-stack";
import { doNothingSpan, providerSpan, readTrace } from "../support/trace";

/** The chat chain by `pulumi up`, from the first to the last provider call, against bare calls. */
export const chainByEngine: BenchCase = {
  id: "B2",
  title: "`pulumi up` of the chat chain on existing servers, first to last provider call ÷ bare calls",
  run: async ({ runs, shared }, measured) => {
    const world = await ChainWorld.open(await shared.open());
    try {
      const { connection } = world.cluster;
      const program = { connection, modelServer: world.model.endpoint, models: 1, settings: SETTINGS };
      const samples = { ours: [], floor: [], bare: [], oursWhole: [], floorWhole: [] } as Record<Key, number[]>;
      await world.bare({ deploy: "in one call", probe: true });
      for (let run = 0; run < runs; run += 1) {
        const ours = await up({ ...program, side: "ours" });
        samples.ours.push(ours.spanMilliseconds);
        samples.oursWhole.push(ours.seconds);
        samples.bare.push(await world.bare({ deploy: "in one call", probe: true }));
        const floor = await up({ ...program, side: "floor" });
        samples.floor.push(floor.spanMilliseconds);
        samples.floorWhole.push(floor.seconds);
      }
      const span = "first to last provider call";
      const ours = measured.figure(span, "ours", "ms", samples.ours).median;
      const bare = measured.figure(span, "bare", "ms", samples.bare).median;
      const floor = measured.figure(span, "engine floor", "ms", samples.floor).median;
      measured.figure("whole command", "ours", "s", samples.oursWhole);
      measured.figure("whole command", "engine floor", "s", samples.floorWhole);
      measured.verdict("ours ÷ bare", ours / bare, "ratio", { is: "at most", value: 1.3 });
      measured.verdict("ours, less the engine's floor, ÷ bare", (ours - floor) / bare, "ratio");
      return world.cluster.version;
    } finally {
      await world.close();
    }
  },
};

type Key = "ours" | "floor" | "bare" | "oursWhole" | "floorWhole";

async function up(program: Omit<World, "group">): Promise<{ spanMilliseconds: number; seconds: number }> {
  return await withStack(program, async (stack) => {
    const file = join(stack.folder, "calls");
    const isOurs = program.side === "ours";
    const variable = isOurs ? TRACE_VARIABLE : CALLS_VARIABLE;
    const { seconds } = await stack.run("up", { environment: { [variable]: file } });
    return { spanMilliseconds: isOurs ? providerSpan(readTrace(file)) : doNothingSpan(file), seconds };
  });
}
