import { ANSWER_PROVOCATIONS } from "./answers";
import { CLUSTER_PROVOCATIONS } from "./cluster";
import { CONNECTION_PROVOCATIONS } from "./connection";
import { DEPLOYMENT_PROVOCATIONS } from "./deployment";
import { DOCKER_WORDS } from "./docker-words";
import { DOCUMENT_PROVOCATIONS } from "./documents";
import { KILLED_WORDS } from "./killed-words";
import { NOT_OLLAMA_PROVOCATIONS } from "./not-ollama";
import { OBJECT_PROVOCATIONS } from "./objects";
import { MODEL_PROVOCATIONS } from "./ollama-models";
import { PULL_PROVOCATIONS } from "./ollama-pulls";
import { PROXY_PROVOCATIONS } from "./proxies";
import { RESTARTED_PROVOCATIONS } from "./restarted";
import { RIGHT_PROVOCATIONS } from "./rights";
import { TRUST_PROVOCATIONS } from "./trust";
import { USER_PROVOCATIONS } from "./users";

/** What some test makes a real server say, and proves to be said so: by row, exactly. */
export const PROVOKED: readonly {
  readonly row: string;
  readonly how: string;
  readonly says: string;
  /** True where whoever throws explains it in words of its own. */
  readonly explainsItself?: boolean;
}[] = [
  ...TRUST_PROVOCATIONS,
  ...OBJECT_PROVOCATIONS,
  ...DEPLOYMENT_PROVOCATIONS,
  ...ANSWER_PROVOCATIONS,
  ...CLUSTER_PROVOCATIONS,
  ...RIGHT_PROVOCATIONS,
  ...USER_PROVOCATIONS,
  ...DOCUMENT_PROVOCATIONS,
  ...Object.values(RESTARTED_PROVOCATIONS),
  ...CONNECTION_PROVOCATIONS,
  ...NOT_OLLAMA_PROVOCATIONS,
  ...PROXY_PROVOCATIONS,
  ...PULL_PROVOCATIONS,
  ...MODEL_PROVOCATIONS,
  ...Object.entries(DOCKER_WORDS).map(([holder, says]) => ({
    row: "port-taken",
    how: `a container's port is held by another ${holder}`,
    says,
  })),
  ...Object.entries(KILLED_WORDS).map(([left, { row, says }]) => ({ row, how: `a killed pulumi left: ${left}`, says })),
];
