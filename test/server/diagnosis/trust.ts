import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import type { DoctorWorld } from "../doctor/world";
import { created, urn } from "../lifecycle-support";
import { question, settings } from "./acts";
import type { Provocation } from "./provocation";

const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";

async function anotherConnector(world: DoctorWorld): Promise<unknown> {
  const { connection, preset } = world;
  return await created(connectorLifecycle, { connection, ...preset, owner: urn("Connector", "another") });
}

export const TRUST_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "endpoint-not-trusted",
    how: "a connector to an address that no entry matches",
    run: async (world) => {
      await settings(world, { [TRUSTED]: ["^http://127\\.0\\.0\\.1:1/.*$"] });
      await anotherConnector(world);
    },
    says: 'Connector "another": create failed: POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception: Connector URL is not matching the trusted connector endpoint regex',
  },
  {
    row: "trusted-regex-broken",
    how: "a connector while an entry is no regex, which the server took",
    run: async (world) => {
      await settings(world, { [TRUSTED]: ["[bad"] });
      await anotherConnector(world);
    },
    says: 'Connector "another": create failed: POST /_plugins/_ml/connectors/_create answered 400 pattern_syntax_exception: Unclosed character class near index 3\n[bad\n   ^',
  },
  {
    row: "private-address",
    how: "a model that was deployed while private addresses were refused",
    run: async (world) => {
      await settings(world, { "plugins.ml_commons.connector.private_ip_enabled": false });
      await world.deployAnew();
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 400 illegal_argument_exception: Remote inference host name has private ip address: 127.0.0.1",
  },
];
