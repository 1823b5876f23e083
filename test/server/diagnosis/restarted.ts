import { putClusterSettings } from "../../../clients/opensearch/cluster";
import { getModel } from "../../../clients/opensearch/models";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import type { DoctorWorld } from "../doctor/world";
import { created, urn } from "../lifecycle-support";
import { serverOf } from "./acts";
import type { Provocation } from "./provocation";

const KEY = "/.plugins-ml-config/_doc/master_key";

/** What is only said by a server that was started again: on data that were damaged, or without a plugin it had. */
export const RESTARTED_PROVOCATIONS = {
  "without its key": {
    row: "master-key",
    how: "a connector is made while the cluster's key is not there yet",
    run: async (world) => {
      const { connection, preset } = world;
      const owner = urn("Connector", "another");
      await created(connectorLifecycle, { connection, ...preset, owner, timeouts: { createSeconds: 1 } });
    },
    says: `Connector "another": create failed: POST /_plugins/_ml/connectors/_create answered 404 resource_not_found_exception: The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.`,
  },
  "without a plugin: settings": {
    row: "settings-archived",
    how: "a setting is changed where the settings of a plugin that is gone were archived",
    run: (world) => putClusterSettings(serverOf(world), { persistent: { "action.auto_create_index": "true" } }),
    says: "PUT /_cluster/settings answered 400 settings_exception: unknown setting [archived.plugins.ml_commons.connector.private_ip_enabled] please check that any required plugins are installed, or check the breaking changes documentation for removed settings",
  },
  "without a plugin: models": {
    row: "ml-plugin-missing",
    how: "a model is looked for where there is no ML Commons",
    run: (world) => getModel(serverOf(world), world.modelId),
    says: "GET /_plugins/_ml/models/MODEL answered 400: no handler found for uri [/_plugins/_ml/models/MODEL] and method [GET]",
  },
} as const satisfies Readonly<Record<string, Provocation<DoctorWorld>>>;

/** Takes the key out of its document; the server itself still knows it until it ends. Gives back what puts it back. */
export async function withoutKey(world: DoctorWorld): Promise<() => Promise<unknown>> {
  const { _source: kept } = await world.api("GET", KEY);
  await world.api("PUT", `${KEY}?refresh=true`, { create_time: 1 });
  return () => world.api("PUT", `${KEY}?refresh=true`, kept);
}
