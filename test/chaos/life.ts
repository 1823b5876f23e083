import type { Spec } from "../engine/support/resource-world";
import type { ServerAddress } from "../support/opensearch/address";
import type { Draw } from "./draw";
import { type Edits, type Flavour, PARTS, type Part, PRIVATE, programOf, UNEDITED } from "./program";
import { QuickStack } from "./quick/quick-stack";
import { ChaosWorld } from "./world";

/** The expected state. */
export interface LifeModel {
  isUp: boolean;
  /** Something was changed by hand, and no refresh has run since. */
  hasDrifted: boolean;
  /** That change was to a setting, which a delete then leaves alone. */
  isUnset: boolean;
  parts: readonly Part[];
  edits: Edits;
  neighbourIsUp: boolean;
}

/** A stack and its neighbour on a real server, for steps that fast-check draws. */
export class Life {
  readonly #stack = new QuickStack({ stack: "dev" });
  readonly #neighbour = new QuickStack({ stack: "other" });
  readonly #keys: readonly [string, string];

  private constructor(
    readonly world: ChaosWorld,
    private readonly flavour: Flavour,
    draw: Draw,
  ) {
    this.#keys = [world.secret(draw), world.secret(draw)];
  }

  static async start(server: ServerAddress, draw: Draw): Promise<Life> {
    const world = await ChaosWorld.start(server);
    const life = new Life(world, { named: draw.chance(0.5), described: draw.chance(0.5) }, draw);
    if (draw.chance(0.5)) await world.addForeign();
    return life;
  }

  async stop(): Promise<void> {
    this.#stack.remove();
    this.#neighbour.remove();
    await this.world.stop();
  }

  model(): LifeModel {
    return { isUp: false, hasDrifted: false, isUnset: false, parts: PARTS, edits: UNEDITED, neighbourIsUp: false };
  }

  program(model: LifeModel): Spec[] {
    return this.#program("mine", model.parts, model.edits, this.#keys[0]);
  }

  #program(prefix: string, parts: readonly Part[], edits: Edits, key: string): Spec[] {
    const { world, flavour } = this;
    return programOf({
      connection: world.connection(),
      endpoint: world.model.endpoint,
      flavour,
      edits,
      prefix,
      key,
      parts,
    });
  }

  async up(model: LifeModel): Promise<void> {
    const program = this.program(model);
    this.#stack.declare(program);
    if (model.hasDrifted) await this.world.run(this.#stack, "refresh");
    await this.world.run(this.#stack, "up");
    this.world.expect("the stack", this.#stack, program);
    model.isUp = true;
    model.hasDrifted = false;
    model.isUnset = false;
  }

  async refresh(): Promise<void> {
    await this.world.run(this.#stack, "refresh");
  }

  async destroy(model: LifeModel): Promise<void> {
    await this.world.run(this.#stack, "destroy");
    this.world.forget("the stack");
    if (model.isUnset && !model.neighbourIsUp) this.world.forgetSetting(PRIVATE);
    model.isUp = false;
    model.hasDrifted = false;
    model.isUnset = false;
  }

  async neighbourUp(model: LifeModel): Promise<void> {
    const program = this.#program("theirs", PARTS, UNEDITED, this.#keys[1]);
    this.#neighbour.declare(program);
    await this.world.run(this.#neighbour, "up");
    this.world.expect("the neighbour", this.#neighbour, program, true);
    model.neighbourIsUp = true;
  }

  async neighbourDown(model: LifeModel): Promise<void> {
    await this.world.run(this.#neighbour, "destroy");
    this.world.forget("the neighbour");
    model.neighbourIsUp = false;
  }

  /** The id of one of the stack's resources. */
  id(part: Part): string | undefined {
    return this.#stack.resources().find(({ name }) => name === part)?.id;
  }

  /** Checks, unless a change by hand has made server and state differ. */
  async check(model: LifeModel, step: string): Promise<void> {
    this.world.told(step);
    await this.world.check(`after ${step}`, model.hasDrifted ? ["differs", "settings"] : []);
    if (this.world.findings.length > 0) throw new Error("something was found");
  }

  async end(model: LifeModel): Promise<void> {
    if (model.isUp) await this.destroy(model);
    if (model.neighbourIsUp) await this.neighbourDown(model);
    await this.world.checkEmpty();
  }
}
