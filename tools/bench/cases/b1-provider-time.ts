import type { BenchCase } from "../bench-case";
import { ChainWorld } from "../support/chain-world";

/** Provider time of the chat chain against the same calls made bare. */
export const providerTime: BenchCase = {
  id: "B1",
  title: "Provider time of the chat chain ÷ the same calls made bare, polling every 20 ms",
  run: async ({ runs, shared }, measured) => {
    const world = await ChainWorld.open(await shared.open());
    try {
      const ours: number[] = [];
      const bare: number[] = [];
      const apart: number[] = [];
      const parts: Awaited<ReturnType<ChainWorld["ours"]>>["parts"][] = [];
      // The first round of each side warms this process up, and is not counted.
      for (let run = -1; run < runs; run += 1) {
        const chain = await world.ours(true);
        const inOneCall = await world.bare({ deploy: "in one call", probe: true });
        const inTwoCalls = await world.bare({ deploy: "apart", probe: true });
        if (run < 0) continue;
        ours.push(chain.milliseconds);
        parts.push(chain.parts);
        bare.push(inOneCall);
        apart.push(inTwoCalls);
      }
      const our = measured.figure("chat chain", "ours", "ms", ours).median;
      const other = measured.figure("chat chain", "bare", "ms", bare).median;
      measured.figure("chat chain", "bare, deployed by a call of its own", "ms", apart);
      for (const part of ["settings", "group", "connector", "model"] as const) {
        measured.figure(
          part,
          "ours",
          "ms",
          parts.map((each) => each[part]),
        );
      }
      measured.verdict("ours ÷ bare", our / other, "ratio", { is: "at most", value: 1.15 });
      measured.note(
        "Ours also asks which cluster it is, reads the settings before and after writing them, and looks for what an interrupted run left; bare does none of it.",
      );
      return world.cluster.version;
    } finally {
      await world.close();
    }
  },
};
