import type { Check } from "../check";
import { chainChecks } from "./chain";
import { containerChecks } from "./containers";
import { documentChecks } from "./documents";
import { engineChecks } from "./engine";
import { leftOverChecks } from "./left-overs";
import { modelChecks, objectChecks } from "./objects";
import { ollamaChecks } from "./ollama";
import { openSearchChecks } from "./opensearch";
import { pluginChecks, trustChecks } from "./trust";

/** All checks, each after those that it needs: the stack, then the chain from the containers to the answer. */
export const CHECKS: readonly Check[] = [
  ...engineChecks,
  ...containerChecks,
  ...openSearchChecks,
  ...pluginChecks,
  ...objectChecks,
  ...trustChecks,
  ...modelChecks,
  ...ollamaChecks,
  ...chainChecks,
  ...documentChecks,
  ...leftOverChecks,
];
