import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Draw } from "../chaos/draw";
import { type KillPlan, killTrial, titleOf } from "../chaos/parts/kills";
import { endSpare } from "../chaos/quick/quick-stack";
import { RealStack } from "../chaos/real/real-stack";
import type { ServerAddress } from "../support/opensearch/address";
import { sharedServer } from "../support/opensearch/shared-server";
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
  let server: ServerAddress;

  beforeAll(async () => {
    server = await sharedServer("plain");
  });

  afterAll(() => {
    endSpare();
  });

  it.each(PLANS.map((each, i) => [titleOf(each), i, each] as const))(
    "leaves nothing wrong: %s",
    async (_title, i, each) => {
      const trial = await killTrial(server, new Draw(i), each, (stack) => RealStack.create(stack));
      expect(trial.findings).toEqual([]);
    },
  );
});
