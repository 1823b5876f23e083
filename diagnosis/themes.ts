import { OLLAMA_SYMPTOMS } from "./ollama-symptoms";
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
import { USERS } from "./themes/users";

/** Rows that belong together from a user's point of view. */
export interface Theme {
  readonly title: string;
  readonly symptoms: readonly Symptom[];
}

/** All rows, grouped in the order of the page: what breaks first comes first. */
export const THEMES: readonly Theme[] = [
  { title: "Containers and ports", symptoms: CONTAINERS },
  { title: "After a killed pulumi", symptoms: INTERRUPTED },
  { title: "Reaching a server", symptoms: CONNECTION },
  { title: "The OpenSearch cluster", symptoms: CLUSTER },
  { title: "Users and roles", symptoms: USERS },
  { title: "What OpenSearch may call", symptoms: TRUST },
  { title: "Model groups, connectors, models", symptoms: OBJECTS },
  { title: "Deploying the model", symptoms: DEPLOYMENT },
  { title: "Asking the model", symptoms: ANSWERS },
  { title: "Ollama and pulling models", symptoms: OLLAMA_SYMPTOMS },
  { title: "Documents and retrieval", symptoms: DOCUMENTS },
];
