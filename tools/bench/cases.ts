import type { BenchCase } from "./bench-case";
import { providerTime } from "./cases/b1-provider-time";
import { chainByEngine } from "./cases/b2-chain-by-engine";
import { guideFlow } from "./cases/b3-guide-flow";
import { fullStack } from "./cases/b4-full-stack";
import { manyModels } from "./cases/b4b-many-models";
import { growthOfStacks } from "./cases/b5-growth";
import { nothingToDo } from "./cases/b6-nothing-to-do";
import { memory } from "./cases/b7-memory";
import { startUp } from "./cases/b8-start-up";
import { prediction } from "./cases/b9-predict";
import { guideTables } from "./cases/b11-guide-tables";

/** All cases, in the order in which they run: what boots its own servers first, before the shared one is started. */
export const cases: readonly BenchCase[] = [
  fullStack,
  providerTime,
  chainByEngine,
  guideFlow,
  manyModels,
  growthOfStacks,
  nothingToDo,
  memory,
  startUp,
  prediction,
  guideTables,
];
