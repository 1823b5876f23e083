import { describe } from "vitest";
import type { KillPlan } from "../chaos/parts/kills";
import { RealStack } from "../chaos/real/real-stack";
import { leavesNothingWrong } from "../support/kill-trials";
import { hasEngine } from "./support/toolchain";

const USUAL = {
  flavour: { named: true, described: true },
  foreign: true,
  neighbour: "another stack",
  releaseAfter: 4,
  upAgain: false,
} as const;

const PLANS: readonly KillPlan[] = [
  { ...USUAL, standing: false, command: "up", victim: "command", moment: "after", isWrite: true, nth: 3, next: "up" },
  {
    ...USUAL,
    standing: false,
    command: "up",
    victim: "provider",
    moment: "after",
    isWrite: true,
    nth: 4,
    next: "edit, up",
  },
  {
    ...USUAL,
    standing: true,
    command: "up",
    victim: "program",
    moment: "before",
    isWrite: undefined,
    nth: 2,
    next: "up",
  },
  {
    ...USUAL,
    standing: true,
    command: "destroy",
    victim: "all",
    moment: "after",
    isWrite: true,
    nth: 2,
    next: "destroy",
  },
];

describe.skipIf(!hasEngine)("a command of Pulumi's that is killed, and what the user does next", () => {
  leavesNothingWrong(PLANS, (stack) => RealStack.create(stack));
});
