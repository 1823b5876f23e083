import type { ServerAddress } from "../../support/opensearch/address";
import { Draw } from "../draw";
import type { Trial } from "../findings";
import type { Part } from "../part";
import { type Edits, edited, PARTS, programOf, UNEDITED } from "../program";
import { QuickStack } from "../quick/quick-stack";
import { ChaosWorld } from "../world";

/** Several stacks at once. In every round each runs its own command; then all must be as their programs say. */
export const together: Part = {
  id: "together",
  title: "two to six stacks at once",
  trials: 24,
  run: async (server, seed) => await togetherTrial(server, new Draw(seed)),
};

interface Neighbour {
  readonly name: string;
  readonly stack: QuickStack;
  readonly key: string;
  readonly flavour: { readonly named: boolean; readonly described: boolean };
  edits: Edits;
  isUp: boolean;
}

async function togetherTrial(server: ServerAddress, draw: Draw): Promise<Trial> {
  const world = await ChaosWorld.start(server);
  const stacks = Array.from({ length: draw.whole(2, 6) }, (_, i) => newNeighbour(world, draw, `stack${i + 1}`));
  try {
    if (draw.chance(0.5)) await world.addForeign();
    world.told(`${stacks.length} stacks`);
    const rounds = draw.whole(2, 4);
    for (let round = 1; round <= rounds; round += 1) await oneRound(world, draw, stacks, round);
    await Promise.all(stacks.map(({ stack }) => world.run(stack, "destroy")));
    for (const { name } of stacks) world.forget(name);
    await world.checkEmpty();
    return world.trial(draw);
  } finally {
    for (const { stack } of stacks) stack.remove();
    await world.stop();
  }
}

function newNeighbour(world: ChaosWorld, draw: Draw, name: string): Neighbour {
  const flavour = { named: draw.chance(0.5), described: draw.chance(0.5) };
  const stack = new QuickStack({ stack: name });
  return { name, stack, key: world.secret(draw), flavour, edits: UNEDITED, isUp: false };
}

async function oneRound(world: ChaosWorld, draw: Draw, stacks: readonly Neighbour[], round: number): Promise<void> {
  const acts = stacks.map((each) => ({
    each,
    act: draw.of(each.isUp ? ["edit", "destroy", "nothing"] : ["up", "up", "nothing"]),
  }));
  world.told(`round ${round}: ${acts.map(({ each, act }) => `${each.name} ${act}`).join(", ")}`);
  await Promise.all(
    acts.map(async ({ each, act }) => {
      if (act === "nothing") return;
      if (act === "destroy") {
        if (!(await world.run(each.stack, "destroy"))) return;
        world.forget(each.name);
        each.isUp = false;
        return;
      }
      if (act === "edit") each.edits = edited(each.edits, draw);
      const program = programOf({
        connection: world.connection(),
        endpoint: world.model.endpoint,
        flavour: each.flavour,
        edits: each.edits,
        prefix: each.name,
        key: each.key,
        parts: PARTS,
      });
      each.stack.declare(program);
      if (!(await world.run(each.stack, "up"))) return;
      world.expect(each.name, each.stack, program);
      each.isUp = true;
    }),
  );
  await world.check(`after round ${round}`);
}
