import type { Symptom } from "./symptom";
import { ANSWERS } from "./themes/answers";
import { CLUSTER } from "./themes/cluster";
import { CONNECTION } from "./themes/connection";
import { CONTAINERS } from "./themes/containers";
import { DEPLOYMENT } from "./themes/deployment";
import { DOCUMENTS } from "./themes/documents";
import { INTERRUPTED } from "./themes/interrupted";
import { OBJECTS } from "./themes/objects";
import { TRUST } from "./themes/trust";

export type { Symptom } from "./symptom";

/**
 * Known failures, most particular first. A test makes a real OpenSearch 3.6.0, Ollama, Pulumi or Docker say whatever a
 * row looks for, or the row tells where it stands; the issue numbers are those of opensearch-project/ml-commons unless a
 * row names another project.
 */
export const SYMPTOMS: readonly Symptom[] = [
  ...TRUST,
  ...OBJECTS,
  ...DEPLOYMENT,
  ...ANSWERS,
  ...DOCUMENTS,
  ...INTERRUPTED,
  ...CONTAINERS,
  ...CLUSTER,
  ...CONNECTION,
];
