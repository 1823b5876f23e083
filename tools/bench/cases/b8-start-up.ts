import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TRACE_VARIABLE } from "../../../clients/trace";
import type { BenchCase } from "../bench-case";
import { ChainWorld } from "../support/chain-world";
import type { EngineStack } from "../support/engine-stack";
import { withStack } from "../support/measured-stack";
import { keyDerivationMilliseconds, type StartParts, startParts } from "../support/start-parts";
import { readTrace } from "../support/trace";

/** Short enough to see processes that live for the blink of an eye; their times come from the kernel. */
const WATCH_MILLISECONDS = 15;
const CACHE_VARIABLE = "OLLAMA_CHAT_COMPILE_CACHE";
const NO_CACHE = { NODE_DISABLE_COMPILE_CACHE: "1" };

/** From the start of `pulumi` to the first provider call, part by part. */
export const startUp: BenchCase = {
  id: "B8",
  title: "From the start of `pulumi` to the first provider call, part by part",
  run: async ({ runs, shared }, measured) => {
    const world = await ChainWorld.open(await shared.open());
    const scratch = mkdtempSync(join(tmpdir(), "ollama-chat-bench-start-"));
    try {
      await world.openSettings();
      const program = { connection: world.cluster.connection, modelServer: world.model.endpoint };
      await withStack({ ...program, models: 1, side: "ours" }, async (stack) => {
        await stack.run("up");
        const warm: StartParts[] = [];
        const totals = { warm: [] as number[], empty: [] as number[], none: [] as number[] };
        const keys: number[] = [];
        for (let run = 0; run < runs; run += 1) {
          const kept = await start(stack, scratch, {});
          warm.push(kept);
          totals.warm.push(total(kept));
          const empty = join(scratch, `cache-${run}`);
          totals.empty.push(total(await start(stack, scratch, { [CACHE_VARIABLE]: empty })));
          totals.none.push(total(await start(stack, scratch, NO_CACHE)));
          const { stderr } = await stack.run("up", { flags: ["-v=9", "--logtostderr"] });
          keys.push(keyDerivationMilliseconds(stderr));
        }
        const names = Object.keys(warm[0] ?? {}) as (keyof StartParts)[];
        for (const name of names)
          measured.figure(
            name,
            "ours",
            "ms",
            warm.map((parts) => parts[name]),
          );
        measured.figure("of the first part: key derivation", "ours", "ms", keys);
        measured.figure("all of it", "compile cache filled", "ms", totals.warm);
        measured.figure("all of it", "compile cache empty", "ms", totals.empty);
        measured.figure("all of it", "no compile cache", "ms", totals.none);
      });
      measured.note(
        "Process starts are the kernel's, to 10 ms; what happens inside the provider's process is from its trace; the key derivation is from the CLI's log of an update of its own.",
      );
      return undefined;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
      await world.close();
    }
  },
};

let traces = 0;

async function start(stack: EngineStack, scratch: string, environment: NodeJS.ProcessEnv): Promise<StartParts> {
  traces += 1;
  const trace = join(scratch, `trace-${traces}`);
  const ran = await stack.run("up", {
    environment: { ...environment, [TRACE_VARIABLE]: trace },
    watchMilliseconds: WATCH_MILLISECONDS,
  });
  return startParts(ran, readTrace(trace));
}

function total(parts: StartParts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
