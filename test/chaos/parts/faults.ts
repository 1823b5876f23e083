import type { ServerAddress } from "../../support/opensearch/address";
import type { FaultAction } from "../../support/opensearch/faults";
import { Draw } from "../draw";
import type { Trial } from "../findings";
import type { Part } from "../part";
import { programOf, UNEDITED } from "../program";
import { QuickStack } from "../quick/quick-stack";
import type { Command } from "../stack";
import { ChaosWorld, lastWords } from "../world";

/** What can go wrong with a request, before or after the server processes it. */
const FAULTS: readonly (readonly [string, FaultAction])[] = [
  ["is refused", { kind: "refuse" }],
  ["loses its answer", { kind: "drop-response" }],
  ["is answered 500", { kind: "status", status: 500 }],
  ["is done and answered 502", { kind: "rewrite", status: 502, answer: () => "<html>Bad Gateway</html>" }],
  ["is answered {}", { kind: "rewrite", status: 200, answer: () => ({}) }],
];

/** A fault at one request of one command. */
interface Case {
  readonly command: Command;
  readonly nth: number;
  readonly name: string;
  readonly action: FaultAction;
}

/** How many runs a user may need. The fault hits one request of the first. */
const MOST_RUNS = 3;

let known: readonly Case[] | undefined;

/** Every request of a first `up` and of a `destroy`, each with every fault. */
export const faults: Part = {
  id: "faults",
  title: "faults at every request of up and destroy",
  counted: true,
  trials: async (server) => {
    known ??= await cases(server);
    return known.length;
  },
  run: async (server, number) => {
    known ??= await cases(server);
    const each = known[number];
    if (each === undefined) throw new Error(`There are ${known.length} faults.`);
    return await faultTrial(server, number, each);
  },
};

async function cases(server: ServerAddress): Promise<Case[]> {
  return (await requestsOf(server)).flatMap(([command, requests]) =>
    requests.flatMap((request, i) =>
      // Repeated polls count as one request.
      request === requests[i - 1] ? [] : FAULTS.map(([name, action]): Case => ({ command, nth: i + 1, name, action })),
    ),
  );
}

/** The requests of each command without faults. */
async function requestsOf(server: ServerAddress): Promise<[Command, readonly string[]][]> {
  let sent: string[] = [];
  const world = await ChaosWorld.start(server, (line) => sent.push(line));
  const stack = newStack(world, new Draw(0));
  try {
    const requests: [Command, readonly string[]][] = [];
    for (const command of ["up", "destroy"] as const) {
      sent = [];
      const { code, output } = await world.once(stack, command);
      if (code !== 0) throw new Error(output);
      requests.push([command, sent]);
    }
    return requests;
  } finally {
    stack.remove();
    await world.stop();
  }
}

function newStack(world: ChaosWorld, draw: Draw): QuickStack {
  const stack = new QuickStack();
  stack.declare(programIn(world, draw));
  return stack;
}

function programIn(world: ChaosWorld, draw: Draw) {
  return programOf({
    connection: world.connection(),
    endpoint: world.model.endpoint,
    flavour: { named: draw.seed % 2 === 1, described: draw.seed % 4 > 1 },
    edits: UNEDITED,
    prefix: "mine",
    key: world.secret(draw),
  });
}

async function faultTrial(server: ServerAddress, number: number, { command, nth, name, action }: Case): Promise<Trial> {
  const draw = new Draw(number);
  let hit = "";
  let sent = 0;
  const world = await ChaosWorld.start(server, (line) => {
    sent += 1;
    if (sent === nth) hit = line;
  });
  const stack = new QuickStack();
  try {
    const program = programIn(world, draw);
    stack.declare(program);
    if (command === "destroy" && !(await world.run(stack, "up"))) return world.trial(draw);
    sent = 0;
    world.cluster.faults.add({ nth, action });
    await untilDone(world, stack, command);
    world.cluster.faults.clear();
    world.told(`request ${nth} of ${command} ${name} (${hit})`);
    if (command === "up") {
      world.expect("the stack", stack, program);
      await world.check("after up");
      await world.run(stack, "destroy");
    }
    await world.checkEmpty();
    return world.trial(draw, hit === "");
  } finally {
    stack.remove();
    await world.stop();
  }
}

async function untilDone(world: ChaosWorld, stack: QuickStack, command: Command): Promise<void> {
  let last = "";
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    const { code, output } = await world.once(stack, command);
    if (code === 0) {
      if (run > 1) world.again += 1;
      return;
    }
    last = output;
  }
  world.found("stuck", `${command} fails ${MOST_RUNS} times: ${lastWords(last)}`);
}
