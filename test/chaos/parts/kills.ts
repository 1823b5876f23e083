import type { ServerAddress } from "../../support/opensearch/address";
import type { TestCluster } from "../../support/opensearch/test-cluster";
import type { Draw } from "../draw";
import type { Trial } from "../findings";
import { edited, type Flavour, programOf, UNEDITED } from "../program";
import { QuickStack } from "../quick/quick-stack";
import type { Command, Running, Stack, Victim } from "../stack";
import { ChaosWorld } from "../world";

/** What happens to the request at which processes are killed. */
type Moment = "before" | "after" | "held";

/** A kill and its circumstances. */
export interface KillPlan {
  readonly flavour: Flavour;
  readonly foreign: boolean;
  readonly neighbour: "none" | "another stack" | "the same names in another backend";
  /** Whether the stack existed before. */
  readonly standing: boolean;
  readonly command: Command;
  readonly victim: Victim;
  readonly moment: Moment;
  /** Counts requests that change something, or all of them. */
  readonly isWrite: boolean | undefined;
  readonly nth: number;
  readonly next: "up" | "destroy" | "edit, up" | "refresh, up";
  /** For a held request: number of answers to the next command after which it is released. */
  readonly releaseAfter: number;
  /** Whether `up` runs once more before the final destroy. Always, if a request arrived late. */
  readonly upAgain: boolean;
}

/** About the number of requests that a command sends. */
const MOST_REQUESTS = { standing: { writes: 4, all: 12 }, first: { writes: 5, all: 22 } } as const;

export function drawPlan(draw: Draw, victims: readonly [Victim, ...Victim[]]): KillPlan {
  const standing = draw.chance(0.6);
  const isWrite = draw.chance(0.6) ? true : undefined;
  const moment = draw.of<Moment>(["before", "after", "after", "held"]);
  const command = standing ? draw.of<Command>(["up", "up", "up", "destroy", "destroy", "refresh"]) : "up";
  return {
    flavour: { named: draw.chance(0.5), described: draw.chance(0.5) },
    foreign: draw.chance(0.5),
    neighbour: draw.of(["none", "none", "another stack", "the same names in another backend"]),
    standing,
    command,
    victim: draw.of([...victims]),
    moment,
    isWrite,
    nth: draw.whole(1, MOST_REQUESTS[standing ? "standing" : "first"][isWrite ? "writes" : "all"]),
    // Only a refresh notices what a killed destroy removed; `up` compares the program with the stale state.
    next:
      command === "destroy"
        ? draw.of(["destroy", "refresh, up"])
        : draw.of(["up", "destroy", "edit, up", "refresh, up"]),
    releaseAfter: draw.whole(1, 20),
    upAgain: draw.chance(0.5),
  };
}

export type NewStack = (name: string) => Promise<Stack>;

/** Kills processes in the middle of a command, continues as a user would, and checks after every step. */
export async function killTrial(
  address: ServerAddress,
  draw: Draw,
  plan: KillPlan,
  newStack: NewStack,
): Promise<Trial> {
  const answers = new Counter();
  const world = await ChaosWorld.start(address, () => answers.add());
  const stack = await newStack("dev");
  const neighbour = await neighbourOf(world, draw, plan);
  try {
    return await new KillTrial(world, draw, plan, stack, answers, neighbour).run();
  } finally {
    stack.remove();
    await neighbour?.remove();
    await world.stop();
  }
}

class KillTrial {
  #edits = UNEDITED;
  #modelId: string | undefined;
  readonly #key: string;

  constructor(
    private readonly world: ChaosWorld,
    private readonly draw: Draw,
    private readonly plan: KillPlan,
    private readonly stack: Stack,
    private readonly answers: Counter,
    private readonly neighbour: Neighbour | undefined,
  ) {
    this.#key = world.secret(draw);
  }

  async run(): Promise<Trial> {
    const { world, plan } = this;
    world.told(titleOf(plan));
    if (plan.standing) {
      if (!(await this.#up("the first up"))) return world.trial(this.draw);
      this.#edit(plan.command === "up");
    }
    const release = await this.#kill();
    if (release === undefined) world.told("(the command ended before)");
    this.#modelId ??= this.#keptModel();
    const ended = await this.#goOn(release?.letGo);
    await release?.running.sweep();
    if (ended) await this.#end();
    return world.trial(this.draw, release === undefined);
  }

  /** Runs the command until the kill. Undefined if it ended before the request. */
  async #kill(): Promise<{ running: Running; letGo: () => void } | undefined> {
    const { world, plan, stack } = this;
    this.#declare();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let killed: Promise<void> | undefined;
    const running: { command?: Running } = {};
    const kill = async () => {
      killed ??= running.command?.kill(plan.victim);
      // A held request waits for the next command; any other waits until the victims are dead.
      await (plan.moment === "held" ? held : killed);
    };
    const kind = ({ before: "instead", after: "after", held: "before" } as const)[plan.moment];
    world.cluster.faults.add({ match: { isWrite: plan.isWrite }, nth: plan.nth, action: { kind, act: kill } });
    running.command = stack.start(plan.command);
    const { output } = await running.command.ended;
    await killed;
    world.cluster.faults.clear();
    world.lookForSecrets("the output of the killed command", output);
    world.lookForSecrets("the state after the kill", stack.stateText());
    return killed === undefined ? undefined : { running: running.command, letGo };
  }

  /** Runs the user's next commands. */
  async #goOn(letGo: (() => void) | undefined): Promise<boolean> {
    const { world, plan, stack } = this;
    const unlocked = await stack.unlock();
    if (unlocked.code !== 0) world.found("stuck", `pulumi cancel fails: ${unlocked.output.slice(0, 300)}`);
    if (letGo !== undefined) this.answers.after(plan.releaseAfter, letGo);
    const done = await this.#next();
    letGo?.();
    await world.settled();
    return done;
  }

  async #next(): Promise<boolean> {
    const { world, plan, stack } = this;
    if (plan.next === "edit, up") this.#edit(true);
    if (plan.next === "refresh, up" && !(await world.run(stack, "refresh"))) return false;
    if (plan.next !== "destroy") return await this.#up("after the kill");
    if (!(await world.run(stack, "destroy"))) return false;
    world.forget("the stack");
    if (this.#isLate) return true;
    const left = await world.unknown();
    if (left.length > 0 && plan.command === "up") {
      world.told(`(until the next up: ${left.join(", ")})`);
      world.later = true;
    } else await world.check("after destroy");
    return true;
  }

  async #end(): Promise<void> {
    const { world, plan, stack } = this;
    // A request that arrives after the last command needs a refresh to be noticed; `up` alone does not look.
    if (this.#isLate && !(await world.run(stack, "refresh"))) return;
    if ((plan.upAgain || this.#isLate || world.later) && !(await this.#up("at the second up"))) return;
    if (!(await world.run(stack, "destroy"))) return;
    if (stack.resources().length > 0) world.found("differs", "the state is not empty after destroy");
    world.forget("the stack");
    if (this.neighbour !== undefined) {
      await world.check("after the last destroy");
      await this.neighbour.end();
    }
    await world.checkEmpty();
  }

  /** Whether a request of the killed command arrives while the next command runs, and may undo its work. */
  get #isLate(): boolean {
    return this.plan.moment === "held";
  }

  /** Runs `up` and checks that server, state and program agree. */
  async #up(when: string): Promise<boolean> {
    const { world, stack } = this;
    const program = this.#declare();
    if (!(await world.run(stack, "up"))) return false;
    world.expect("the stack", stack, program);
    // An object that arrives late stays beside the next run's until a delete finds it.
    const isUndecided = this.#isLate && when === "after the kill";
    await world.check(when, isUndecided ? ["duplicated", "differs", "settings"] : this.#isLate ? ["duplicated"] : []);
    const model = this.#keptModel();
    if (this.#modelId !== undefined && model !== this.#modelId && (await world.hasModel(this.#modelId))) {
      world.found("modelId", `${when}: ${this.#modelId} is still there, and the stack has ${model}`);
    }
    this.#modelId = model;
    return true;
  }

  #keptModel(): string | undefined {
    return this.stack.resources().find(({ name }) => name === "model")?.id;
  }

  #edit(really: boolean): void {
    if (really) this.#edits = edited(this.#edits, this.draw);
  }

  #declare() {
    const { world, stack, plan } = this;
    const program = programOf({
      connection: world.connection(),
      endpoint: world.model.endpoint,
      flavour: plan.flavour,
      edits: this.#edits,
      prefix: "mine",
      key: this.#key,
    });
    stack.declare(program);
    return program;
  }
}

interface Neighbour {
  end(): Promise<void>;
  remove(): Promise<void>;
}

/** Another stack on the cluster, behind its own proxy, so that its requests are not counted. */
async function neighbourOf(world: ChaosWorld, draw: Draw, plan: KillPlan): Promise<Neighbour | undefined> {
  if (plan.foreign) await world.addForeign();
  if (plan.neighbour === "none") return undefined;
  const beside: TestCluster = await world.cluster.beside(world.cluster.identity);
  const stack = new QuickStack({ stack: plan.neighbour === "another stack" ? "other" : "dev", backend: "/another" });
  const program = programOf({
    connection: world.connection(beside),
    endpoint: world.model.endpoint,
    // Generated names depend on the URN only, and the names of groups and indices must be unique.
    flavour: { ...plan.flavour, named: plan.flavour.named || plan.neighbour !== "another stack" },
    edits: UNEDITED,
    prefix: "theirs",
    key: world.secret(draw),
  });
  stack.declare(program);
  await world.run(stack, "up");
  world.expect("the neighbour", stack, program, true);
  return {
    end: async () => {
      await world.run(stack, "destroy");
      world.forget("the neighbour");
    },
    remove: async () => {
      stack.remove();
      await beside.close();
    },
  };
}

/** Counts answers and runs an action after a number of them. */
class Counter {
  #left = 0;
  #act: () => void = () => undefined;

  after(answers: number, act: () => void): void {
    this.#left = answers;
    this.#act = act;
  }

  add(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#act();
  }
}

export function titleOf(plan: KillPlan): string {
  const { flavour, foreign, neighbour, standing, command, victim, moment, isWrite, nth, next } = plan;
  const given = [flavour.named && "named", flavour.described && "described", foreign && "foreign settings"];
  const surroundings = [...given, neighbour !== "none" && `neighbour: ${neighbour}`].filter(Boolean).join(", ");
  const moments = { before: "before", after: "after", held: "with it in flight, at" };
  return (
    `${standing ? "standing" : "first"} ${command}, ${victim} killed ${moments[moment]} ${isWrite ? "write" : "request"} ${nth} ` +
    `(${surroundings || "plain"}), next ${next}`
  );
}
