import type { ClusterSettings, Scope, SettingValue } from "../../../../clients/opensearch/cluster";
import type { ClusterSettingInputs, ClusterSettingState } from "../../../../providers/cluster-setting/inputs";
import { needsDefaults, planApply, planRelease } from "../../../../providers/cluster-setting/plan";

type Values = Record<string, SettingValue>;

/** Cluster settings in memory, shown as the server shows them: a default only while its key is not set. */
export class FakeSettings {
  readonly persistent: Values = {};
  readonly transient: Values = {};

  constructor(
    readonly defaults: Readonly<Values>,
    persistent: Readonly<Values> = {},
  ) {
    this.put("persistent", persistent);
  }

  put(scope: Scope, values: Readonly<Values>): void {
    for (const [key, value] of Object.entries(values)) {
      if (value === null) delete this[scope][key];
      else this[scope][key] = value;
    }
  }

  shown({ defaults = true } = {}): ClusterSettings {
    const unset = !defaults
      ? []
      : Object.entries(this.defaults).filter(([key]) => !(key in this.persistent) && !(key in this.transient));
    return {
      persistent: { ...this.persistent },
      transient: { ...this.transient },
      defaults: Object.fromEntries(unset),
    };
  }

  /** The value in force. */
  effective(key: string): SettingValue {
    return this.transient[key] ?? this.persistent[key] ?? this.defaults[key] ?? null;
  }
}

type Wanted = Partial<ClusterSettingInputs> & Pick<ClusterSettingInputs, "settings">;

function inputs(wanted: Wanted): ClusterSettingInputs {
  return { connection: { endpoint: "http://localhost:9200" }, ...wanted };
}

/** Plans and writes, as create and update do. */
export function apply(server: FakeSettings, wanted: Wanted, memory?: ClusterSettingState) {
  const all = inputs(wanted);
  const plan = planApply(server.shown({ defaults: needsDefaults(all, memory) }), all, memory);
  server.put(all.scope === "transient" ? "transient" : "persistent", plan.writes);
  const { writes, warnings, ...remembered } = plan;
  const state = { ...all, ...remembered, clusterUuid: "c", schemaVersion: 1 };
  return { state, writes, warnings };
}

/** Plans and writes, as delete does. */
export function release(server: FakeSettings, state: ClusterSettingState) {
  const plan = planRelease(server.shown({ defaults: needsDefaults(state) }), state);
  server.put(state.scope === "transient" ? "transient" : "persistent", plan.writes);
  return plan;
}
