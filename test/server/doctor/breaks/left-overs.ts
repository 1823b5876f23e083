import { urn } from "../../lifecycle-support";
import type { DoctorWorld } from "../world";
import type { Breaks } from "./break";

const TRUSTED = "plugins.ml_commons.trusted_connector_endpoints_regex";

/** A run that was killed before it saved what it had made: settings, or a connector. */
const lost = (name: string, make: (world: DoctorWorld) => Promise<unknown>) => async (world: DoctorWorld) => {
  await make(world);
  world.stack.forget(name);
};
const settings = lost("lost", (world) => world.stack.makeSetting("lost", { [TRUSTED]: ["^http://lost$"] }));
const connector = lost("lost", (world) => world.stack.makeConnector("lost", "lost-connector", world.preset));

/** The state says that the run was creating it. */
const pending = (type: string, lose: (world: DoctorWorld) => Promise<void>) => async (world: DoctorWorld) => {
  await lose(world);
  world.stack.pending.push(urn(type, "lost"));
};

export const LEFT_OVER_BREAKS: Breaks = {
  "claims-left": {
    how: "a run was killed after it had made settings that the program has no more",
    break: settings,
    check: "claims",
    status: "warn",
    seen: "the stack's state has no lost of chat/dev (trusted_connector_endpoints_regex)",
  },
  "claims-cut-off": {
    how: "a run was killed while it made settings",
    break: pending("ClusterSetting", settings),
    check: "claims",
    status: "warn",
    seen: "in the middle of a change: lost of chat/dev (trusted_connector_endpoints_regex)",
  },
  "objects-left": {
    how: "a run was killed after it had made a connector that the program has no more",
    break: connector,
    check: "left-objects",
    status: "warn",
    seen: /^the stack's state has no connector lost-connector \(\S+\)$/,
  },
  "objects-cut-off": {
    how: "a run was killed while it made a connector",
    break: pending("Connector", connector),
    check: "left-objects",
    status: "warn",
    seen: /^cut off while it was made: connector lost-connector \(\S+\)$/,
  },
};
