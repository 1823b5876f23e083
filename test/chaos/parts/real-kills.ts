import { Draw } from "../draw";
import type { Part } from "../part";
import { RealStack } from "../real/real-stack";
import { drawPlan, killTrial } from "./kills";

export const realKills: Part = {
  id: "real-kills",
  title: "kills, Pulumi's engine",
  trials: 34,
  run: async (server, seed) => {
    const draw = new Draw(seed);
    const plan = drawPlan(draw, ["all", "command", "provider", "program"]);
    return await killTrial(server, draw, plan, (stack) => RealStack.create(stack));
  },
};
