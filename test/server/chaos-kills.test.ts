import { describe } from "vitest";
import type { KillPlan } from "../chaos/parts/kills";
import { QuickStack } from "../chaos/quick/quick-stack";
import { leavesNothingWrong } from "../support/kill-trials";

/** What a plan is about; the rest is the simplest there is. */
type Point = Pick<KillPlan, "standing" | "command" | "moment" | "nth" | "next"> & Partial<KillPlan>;

const plan = (point: Point): KillPlan => ({
  flavour: { named: false, described: false },
  foreign: false,
  neighbour: "none",
  victim: "all",
  isWrite: true,
  releaseAfter: 4,
  upAgain: false,
  ...point,
});

const EVERY_WRITE = [1, 2, 3, 4, 5];
const described = { flavour: { named: true, described: true } };

const PLANS: readonly KillPlan[] = [
  ...EVERY_WRITE.map((nth) => plan({ standing: false, command: "up", moment: "after", nth, next: "up" })),
  ...EVERY_WRITE.map((nth) =>
    plan({ standing: false, command: "up", moment: "after", nth, next: "edit, up", ...described, foreign: true }),
  ),
  plan({ standing: false, command: "up", moment: "before", nth: 3, next: "refresh, up" }),
  plan({ standing: false, command: "up", moment: "after", nth: 4, next: "destroy", ...described }),
  plan({ standing: true, command: "up", moment: "after", nth: 1, next: "up", neighbour: "another stack" }),
  plan({ standing: true, command: "up", moment: "before", nth: 2, next: "edit, up", ...described }),
  plan({ standing: true, command: "refresh", moment: "before", isWrite: false, nth: 3, next: "up" }),
  ...EVERY_WRITE.map((nth) => plan({ standing: true, command: "destroy", moment: "after", nth, next: "destroy" })),
  plan({ standing: true, command: "destroy", moment: "after", nth: 2, next: "refresh, up", foreign: true }),
];

describe("a run that is killed, and what the user does next", () => {
  leavesNothingWrong(PLANS, async (stack) => new QuickStack({ stack }));
});
