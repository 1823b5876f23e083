import type { World } from "../programs/world";
import { BareClient } from "./bare-client";
import { makeManyBare } from "./bare-many";
import { ChainWorld } from "./chain-world";
import type { Ran } from "./engine-stack";
import { measuredStack } from "./measured-stack";
import { PROVIDER_HOST } from "./processes";
import type { SharedCluster } from "./shared-cluster";
import { asOwnProject, countResources, stateBytes } from "./state-size";

export const SIDES = ["ours", "floor"] as const;
export const STEPS = ["up", "up with nothing to do", "refresh", "destroy"] as const;

type Side = (typeof SIDES)[number];
export type Step = (typeof STEPS)[number];

/** Samples of one side at one size. */
interface SideSamples {
  readonly seconds: Record<Step, number[]>;
  /** State of one resource beside the user's own inputs. */
  readonly stateBytes: number[];
  /** Models that are not in the state after the first `up`. */
  readonly missing: number[];
  /** Most memory the provider process held during the first `up`; measured where asked for. */
  readonly providerBytes: number[];
}

export interface GrowthSamples {
  readonly ours: SideSamples;
  readonly floor: SideSamples;
  /** Seconds of the same models by bare calls; measured where asked for. */
  readonly bareSeconds: number[];
  /** Of the OpenSearch they were made on. */
  readonly version: string;
}

/** Sizes at which more than the engine's sides is measured. */
export interface GrowthSizes {
  /** With bare calls beside. */
  readonly bare: number;
  /** With the provider's memory. */
  readonly memory: number;
  readonly all: readonly number[];
}

/**
 * Stacks of N models (connector and model each, one group) of ours and of resources that do nothing: made, left alone,
 * refreshed, destroyed. Each size is measured once for all the cases that ask for it.
 */
export class Growth {
  readonly #measured = new Map<number, Promise<GrowthSamples>>();

  constructor(
    readonly sizes: GrowthSizes,
    private readonly runs: number,
    private readonly shared: SharedCluster,
    private readonly say: (line: string) => void,
  ) {}

  async at(models: number): Promise<GrowthSamples> {
    const known = this.#measured.get(models) ?? this.#measure(models);
    this.#measured.set(models, known);
    return await known;
  }

  async #measure(models: number): Promise<GrowthSamples> {
    const world = await ChainWorld.open(await this.shared.open());
    const bare = new BareClient(world.cluster.connection);
    try {
      await world.openSettings();
      const samples = {
        ours: noSamples(),
        floor: noSamples(),
        bareSeconds: [] as number[],
        version: world.cluster.version,
      };
      for (let run = 0; run < this.runs; run += 1) {
        this.say(`  ${models} models, run ${run + 1} of ${this.runs}`);
        const program = { connection: world.cluster.connection, modelServer: world.model.endpoint, models };
        const order = run % 2 === 0 ? SIDES : SIDES.toReversed();
        const states: Partial<Record<Side, string>> = {};
        for (const side of order) states[side] = await this.#life({ ...program, side }, samples[side]);
        for (const side of SIDES) {
          samples[side].stateBytes.push(stateBytes(states[side] ?? "", states.floor ?? ""));
        }
        if (models === this.sizes.bare)
          samples.bareSeconds.push(await makeManyBare(bare, world.model.endpoint, models));
      }
      return samples;
    } finally {
      bare.close();
      await world.close();
    }
  }

  /** Adds one sample of each step, and gives the state as the first left it: a refresh makes it smaller. */
  async #life(world: Omit<World, "group">, into: SideSamples): Promise<string> {
    const stack = await measuredStack(world);
    try {
      const watched = world.models === this.sizes.memory;
      const up = await stack.run("up", watched ? { watchMilliseconds: 200 } : {});
      into.seconds.up.push(up.seconds);
      const state = asOwnProject(stack.stateText(), stack.folder);
      into.missing.push(world.models - countResources(state, "DeployedModel"));
      if (watched) into.providerBytes.push(providerBytes(up));
      into.seconds["up with nothing to do"].push((await stack.run("up")).seconds);
      into.seconds.refresh.push((await stack.run("refresh")).seconds);
      into.seconds.destroy.push((await stack.run("destroy")).seconds);
      return state;
    } catch (error) {
      await stack.run("destroy").catch(() => undefined);
      throw error;
    } finally {
      stack.remove();
    }
  }
}

function noSamples(): SideSamples {
  return {
    seconds: { up: [], "up with nothing to do": [], refresh: [], destroy: [] },
    stateBytes: [],
    missing: [],
    providerBytes: [],
  };
}

/** The process that runs our code is the SDK's server of dynamic providers. */
function providerBytes({ processes }: Ran): number {
  const found = processes.filter(({ command }) => PROVIDER_HOST.test(command));
  if (found.length === 0) throw new Error("No provider process was seen.");
  return Math.max(...found.map(({ peakRssBytes }) => peakRssBytes));
}
