import fc from "fast-check";
import type { Life, LifeModel } from "./life";
import { PARTS, type Part, PRIVATE } from "./program";

/** One step of a life, with a name for failure reports. */
class Step implements fc.AsyncCommand<LifeModel, Life> {
  constructor(
    private readonly name: string,
    private readonly isPossible: (model: LifeModel) => boolean,
    private readonly act: (life: Life, model: LifeModel) => Promise<void>,
  ) {}

  check(model: Readonly<LifeModel>): boolean {
    return this.isPossible(model);
  }

  async run(model: LifeModel, life: Life): Promise<void> {
    await this.act(life, model);
    await life.check(model, this.name);
  }

  toString(): string {
    return this.name;
  }
}

const part = fc.constantFrom(...PARTS);
const has = (model: LifeModel, name: Part) => model.isUp && !model.hasDrifted && model.parts.includes(name);

/** The dependants of each part. Removing a part removes them too. */
const DEPENDANTS: Readonly<Record<Part, readonly Part[]>> = {
  settings: ["settings", "connector", "model"],
  group: ["group", "model"],
  connector: ["connector", "model"],
  model: ["model"],
  index: ["index"],
};

/** Deletes one of the stack's objects by hand. */
async function deleteByHand(life: Life, name: Part): Promise<void> {
  const id = life.id(name);
  const { server } = life.world;
  if (name === "model") {
    await server.done("POST", "/_plugins/_ml/models/_undeploy", { model_ids: [id] });
    await server.done("DELETE", `/_plugins/_ml/models/${id}`);
  } else if (name === "index") await server.done("DELETE", `/${id}`);
  else if (name === "settings") await server.done("PUT", "/_cluster/settings", { persistent: { [PRIVATE]: null } });
}

const drifts: readonly [string, Part, (life: Life) => Promise<unknown>][] = [
  ["the model is deleted by hand", "model", (life) => deleteByHand(life, "model")],
  ["the index is deleted by hand", "index", (life) => deleteByHand(life, "index")],
  ["a setting is unset by hand", "settings", (life) => deleteByHand(life, "settings")],
  [
    "the model is undeployed by hand",
    "model",
    (life) => life.world.server.done("POST", "/_plugins/_ml/models/_undeploy", { model_ids: [life.id("model")] }),
  ],
  [
    "the model is renamed by hand",
    "model",
    (life) => life.world.server.done("PUT", `/_plugins/_ml/models/${life.id("model")}`, { name: "another" }),
  ],
  [
    "the group is renamed by hand",
    "group",
    (life) => life.world.server.done("PUT", `/_plugins/_ml/model_groups/${life.id("group")}`, { name: "another name" }),
  ],
];

export const steps: readonly fc.Arbitrary<Step>[] = [
  fc.constant(
    new Step(
      "up",
      () => true,
      async (life, model) => await life.up(model),
    ),
  ),
  part.map(
    (name) =>
      new Step(
        `${name} edited, up`,
        (model) => model.isUp && model.parts.includes(name),
        async (life, model) => {
          model.edits = { ...model.edits, [name]: model.edits[name] + 1 };
          await life.up(model);
        },
      ),
  ),
  part.map(
    (name) =>
      new Step(
        `${name} taken out, up`,
        (model) => model.isUp && model.parts.includes(name),
        async (life, model) => {
          model.parts = model.parts.filter((each) => !DEPENDANTS[name].includes(each));
          await life.up(model);
        },
      ),
  ),
  fc.constant(
    new Step(
      "everything put back, up",
      (model) => model.parts.length < PARTS.length,
      async (life, model) => {
        model.parts = PARTS;
        await life.up(model);
      },
    ),
  ),
  fc.constantFrom(...drifts).map(
    ([name, which, act]) =>
      new Step(
        name,
        (model) => has(model, which),
        async (life, model) => {
          await act(life);
          model.hasDrifted = true;
          model.isUnset = which === "settings";
        },
      ),
  ),
  fc.constant(
    new Step(
      "refresh",
      (model) => model.isUp && !model.hasDrifted,
      async (life) => await life.refresh(),
    ),
  ),
  fc.constant(
    new Step(
      "destroy",
      (model) => model.isUp,
      async (life, model) => await life.destroy(model),
    ),
  ),
  fc.constant(
    new Step(
      "the neighbour's up",
      (model) => !model.neighbourIsUp,
      async (life, model) => await life.neighbourUp(model),
    ),
  ),
  fc.constant(
    new Step(
      "the neighbour's destroy",
      (model) => model.neighbourIsUp,
      async (life, model) => await life.neighbourDown(model),
    ),
  ),
];
