import { Draw } from "../draw";
import type { Part } from "../part";
import { QuickStack } from "../quick/quick-stack";
import { drawPlan, killTrial } from "./kills";

export const quickKills: Part = {
  id: "kills",
  title: "kills, quick engine",
  trials: 260,
  run: async (server, seed) => {
    const draw = new Draw(seed);
    return await killTrial(server, draw, drawPlan(draw, ["all"]), async (stack) => new QuickStack({ stack }));
  },
};
