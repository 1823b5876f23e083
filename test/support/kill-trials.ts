import { afterAll, beforeAll, expect, it } from "vitest";
import { Draw } from "../chaos/draw";
import { type KillPlan, killTrial, type NewStack, titleOf } from "../chaos/parts/kills";
import { endSpare } from "../chaos/quick/quick-stack";
import type { ServerAddress } from "./opensearch/address";
import { sharedServer } from "./opensearch/shared-server";

/** A test per plan: kills processes as the plan says, and proves that the user's next commands repair everything. */
export function leavesNothingWrong(plans: readonly KillPlan[], newStack: NewStack): void {
  let server: ServerAddress;

  beforeAll(async () => {
    server = await sharedServer("plain");
  });

  afterAll(() => {
    endSpare();
  });

  it.each(plans.map((each, i) => [titleOf(each), i, each] as const))(
    "leaves nothing wrong: %s",
    async (_title, i, each) => {
      const trial = await killTrial(server, new Draw(i), each, newStack);
      expect(trial.findings).toEqual([]);
    },
  );
}
