import type { Part } from "../part";
import { canary } from "./canary";
import { faults } from "./faults";
import { lives } from "./lives";
import { quickKills } from "./quick-kills";
import { realKills } from "./real-kills";
import { servers } from "./servers";
import { states } from "./states";
import { together } from "./together";

/** All parts, in the order of a run. */
export const parts: readonly Part[] = [quickKills, realKills, lives, together, faults, servers, states, canary];
