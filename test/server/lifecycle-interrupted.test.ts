import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../providers/connector/lifecycle";
import { trustedEndpointRegex } from "../../providers/connector/trust";
import { deployedModelLifecycle } from "../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { type Lifecycle, PartialFailure } from "../../providers/shared/lifecycle";
import type { FaultAction } from "../support/opensearch/faults";
import { eachInItsOwnWorld, urn } from "./lifecycle-support";

const world = eachInItsOwnWorld();

interface Kept {
  readonly id: string;
  readonly state: object;
  readonly failed: boolean;
}

/** As little of an engine as is needed: it keeps what a lifecycle answers, and goes on from there at the next run. */
class Engine {
  readonly kept = new Map<string, Kept>();
  failures = 0;

  /** Brings one resource to where the program wants it; `undefined` when that failed and dependants have to wait. */
  async apply<I extends object, S extends object>(
    name: string,
    lifecycle: Lifecycle<I, S>,
    news: object,
  ): Promise<string | undefined> {
    const before = this.kept.get(name);
    const { inputs, failures } = lifecycle.check(news, before?.state ?? {});
    expect(failures).toStrictEqual([]);
    try {
      if (before === undefined) {
        const { id, state } = await lifecycle.create(inputs);
        this.kept.set(name, { id, state, failed: false });
      } else if (before.failed || lifecycle.diff(before.id, before.state as S, inputs).changes) {
        const state = await lifecycle.update(before.id, before.state as S, inputs);
        this.kept.set(name, { id: before.id, state, failed: false });
      }
    } catch (error) {
      this.failures += 1;
      if (error instanceof PartialFailure) this.kept.set(name, { id: error.id, state: error.state, failed: true });
      return undefined;
    }
    return this.kept.get(name)?.id;
  }

  async remove<I extends object, S extends object>(name: string, lifecycle: Lifecycle<I, S>): Promise<boolean> {
    const before = this.kept.get(name);
    if (before === undefined) return true;
    try {
      await lifecycle.delete(before.id, before.state as S);
    } catch {
      this.failures += 1;
      return false;
    }
    this.kept.delete(name);
    return true;
  }
}

/** One run of the chat chain, in the order of its dependencies. */
async function up(engine: Engine): Promise<boolean> {
  const { connection, model } = world();
  const url = `${model.endpoint}/api/generate`;
  const settings = {
    connection,
    owner: urn("ClusterSetting", "s"),
    mode: "contribute",
    settings: {
      "plugins.ml_commons.trusted_connector_endpoints_regex": [trustedEndpointRegex(url)],
      "plugins.ml_commons.connector.private_ip_enabled": true,
    },
  };
  const opened = await engine.apply("settings", clusterSettingLifecycle, settings);
  const group = await engine.apply("group", modelGroupLifecycle, world().groupInputs("g"));
  if (opened === undefined || group === undefined) return false;
  const connector = await engine.apply("connector", connectorLifecycle, world().connectorInputs("c"));
  if (connector === undefined) return false;
  const deployed = await engine.apply("model", deployedModelLifecycle, world().modelInputs("m", group, connector));
  return deployed !== undefined;
}

const lifecycles = {
  connector: connectorLifecycle as Lifecycle<object, object>,
  model: deployedModelLifecycle as Lifecycle<object, object>,
};

/** One run of destroy: the first failure stops it, as in the engine. */
async function destroy(engine: Engine): Promise<boolean> {
  return (
    (await engine.remove("model", deployedModelLifecycle)) &&
    (await engine.remove("connector", connectorLifecycle)) &&
    (await engine.remove("group", modelGroupLifecycle)) &&
    (await engine.remove("settings", clusterSettingLifecycle))
  );
}

/** More than there are faults: what is not repeated inside a run takes one run for each. */
const ENOUGH_RUNS = 8;

async function untilDone(run: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < ENOUGH_RUNS; i += 1) if (await run()) return;
  expect.unreachable(`not done after ${ENOUGH_RUNS} runs`);
}

async function objects(): Promise<number[]> {
  const kinds = ["models", "connectors", "model_groups"] as const;
  return await Promise.all(kinds.map((kind) => world().count(kind)));
}

const FAULTS: readonly [string, FaultAction][] = [
  ["whose answer is lost", { kind: "drop-response" }],
  ["that is refused a connection", { kind: "refuse" }],
  ["that is answered 503", { kind: "status", status: 503 }],
  ["that is answered 500", { kind: "status", status: 500 }],
];

const WRITES: readonly [string, string][] = [
  ["PUT", "/_cluster/settings"],
  ["POST", "/_plugins/_ml/model_groups/_register"],
  ["POST", "/_plugins/_ml/connectors/_create"],
  ["POST", "/_plugins/_ml/models/_register"],
  ["POST", "/_plugins/_ml/models/*/_predict"],
];

const REMOVALS: readonly [string, string][] = [
  ["POST", "/_plugins/_ml/models/*/_undeploy"],
  ["DELETE", "/_plugins/_ml/models/*"],
  ["DELETE", "/_plugins/_ml/connectors/*"],
  ["DELETE", "/_plugins/_ml/model_groups/*"],
  ["PUT", "/_cluster/settings"],
];

/** Once is what a request's own retries are for; six times is more than they bear, so the run fails. */
const TIMES = [1, 6];

describe.each(FAULTS)("a write %s", (_name, action) => {
  describe.each(TIMES)("%i times", (times) => {
    it.each(WRITES)("on the way up (%s %s): the next run resumes, nothing is there twice", async (method, path) => {
      const engine = new Engine();
      world().cluster.faults.add({ match: { method, path }, times, action });
      await untilDone(() => up(engine));
      expect(await objects()).toStrictEqual([1, 1, 1]);
      world().cluster.faults.clear();
      const failures = engine.failures;
      expect(await up(engine)).toBe(true);
      expect(await destroy(engine)).toBe(true);
      expect(engine.failures).toBe(failures);
      expect(await objects()).toStrictEqual([0, 0, 0]);
      expect(await world().persistent()).toStrictEqual({});
    });

    it.each(REMOVALS)("on the way down (%s %s): destroy, run again, leaves nothing", async (method, path) => {
      const engine = new Engine();
      expect(await up(engine)).toBe(true);
      world().cluster.faults.add({ match: { method, path }, times, action });
      await untilDone(() => destroy(engine));
      expect(await objects()).toStrictEqual([0, 0, 0]);
      expect(await world().persistent()).toStrictEqual({});
    });
  });
});

describe("the provider process dies", () => {
  const inFlight = [
    ["ModelGroup", "group", ["model", "connector"]],
    ["Connector", "connector", ["model"]],
    ["DeployedModel", "model", []],
  ] as const;

  it.each(inFlight)(
    "after a %s was made and before it was saved: the next run takes it over",
    async (_type, name, later) => {
      const engine = new Engine();
      expect(await up(engine)).toBe(true);
      for (const dependant of later) await engine.remove(dependant, lifecycles[dependant]);
      engine.kept.delete(name);
      expect(await up(engine)).toBe(true);
      expect(await objects()).toStrictEqual([1, 1, 1]);
      expect(await destroy(engine)).toBe(true);
      expect(await objects()).toStrictEqual([0, 0, 0]);
      expect(await world().persistent()).toStrictEqual({});
    },
  );
});
