import type { ClusterSettings, SettingScope, SettingValue } from "../../../../clients/opensearch/cluster";

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

  put(scope: SettingScope, values: Readonly<Values>): void {
    for (const [key, value] of Object.entries(values)) {
      if (value === null) delete this[scope][key];
      else this[scope][key] = value;
    }
  }

  shown(): ClusterSettings {
    const unset = Object.entries(this.defaults).filter(
      ([key]) => !(key in this.persistent) && !(key in this.transient),
    );
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
