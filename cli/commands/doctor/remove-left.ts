import { countsAsUsed, deleteConnector } from "../../../clients/opensearch/connectors";
import { countDocuments, deleteIndex } from "../../../clients/opensearch/indices";
import { deleteModelGroup, holdsModels } from "../../../clients/opensearch/model-groups";
import { usersOfModel } from "../../../clients/opensearch/model-users";
import { deleteSecurityObject } from "../../../clients/opensearch/security";
import { ROLES, USERS } from "../../../clients/opensearch/security-kinds";
import { reportingTo } from "../../../clients/report";
import { Deadline, type Look, waitFor } from "../../../clients/wait";
import { ExplainedError } from "../../../diagnosis/explained-error";
import { removeLeftOver } from "../../../providers/deployed-model/left-over";
import { holdersOf } from "../../../providers/security-role/holders";
import type { Repair } from "./check";
import type { Scene } from "./scene";
import { type LeftObject, leftObjects, named } from "./stack/objects";

const DELETE_MILLISECONDS = 120_000;
/** How long the server's search may still find a deleted model. At most seconds were seen. */
const SEARCH_LAG_MILLISECONDS = 10_000;

/** Deletes unused objects of the stack that interrupted runs left, those first that use others. */
export function removeLeft(scene: Scene, left: readonly LeftObject[]): Repair {
  const run = async (say: (line: string) => void) => {
    // Look again: a run may have taken something over while doctor was asking.
    const now = (await leftObjects(scene)) ?? [];
    const failures: unknown[] = [];
    for (const object of now.filter(({ isPending }) => !isPending)) {
      say(`deletes the ${named(object)}`);
      await reportingTo(say, () => REMOVALS[object.kind](scene, object)).catch((error: unknown) =>
        failures.push(error),
      );
    }
    // An object that is in use must not keep doctor from deleting the others.
    if (failures.length > 0) throw failures[0];
  };
  return { id: "remove-left", action: `delete ${left.map(named).join(", ")}`, run };
}

const REMOVALS: Readonly<Record<LeftObject["kind"], (scene: Scene, object: LeftObject) => Promise<void>>> = {
  model: ({ opensearch }, { id }) => removeLeftOver(opensearch, id, "doctor", Deadline.after(DELETE_MILLISECONDS)),
  connector: async ({ opensearch }, object) => {
    const users = await usersOfModel(opensearch, object.id);
    if (users.length > 0) throw stillNamed(object, users);
    await onceFree(object, () => deleteConnector(opensearch, object.id));
  },
  "model group": ({ opensearch }, object) => onceFree(object, () => deleteModelGroup(opensearch, object.id)),
  index: async ({ opensearch }, { id }) => {
    const documents = await countDocuments(opensearch, id);
    if (documents > 0) throw notEmpty(id, documents);
    await deleteIndex(opensearch, id);
  },
  user: ({ opensearch }, { id }) => deleteSecurityObject(opensearch, USERS, id, Deadline.after(DELETE_MILLISECONDS)),
  "role mapping": async (_scene, { id }) => {
    throw sharedMapping(id);
  },
  role: async ({ opensearch }, object) => {
    const holders = await holdersOf(opensearch, object.id);
    if (holders.length > 0) throw stillNamed(object, holders);
    await deleteSecurityObject(opensearch, ROLES, object.id, Deadline.after(DELETE_MILLISECONDS));
  },
};

/** Retries a deletion: for a moment, the server refuses because of a model that is already deleted. */
async function onceFree(object: LeftObject, remove: () => Promise<void>): Promise<void> {
  const deadline = Deadline.after(SEARCH_LAG_MILLISECONDS);
  const look = async (): Promise<Look<true>> => {
    try {
      await remove();
      return { done: true };
    } catch (error) {
      if (!(countsAsUsed(error) || holdsModels(error)) || deadline.passed) throw error;
      return { last: error.reason };
    }
  };
  await waitFor(look, { waitingFor: `the ${object.kind} ${object.id} to be free`, deadline });
}

function notEmpty(id: string, documents: number): ExplainedError {
  return new ExplainedError({
    what: `The index ${id} holds ${documents} documents.`,
    cause: "They were written after it was made, so somebody uses it.",
    fix: `To keep it, let a SearchIndex take it over with name and adoptExisting: true. To lose it: DELETE /${id}.`,
  });
}

function sharedMapping(role: string): ExplainedError {
  const path = `/_plugins/_security/api/rolesmapping/${role}`;
  return new ExplainedError({
    what: `The role mapping ${role} is kept.`,
    cause: "Others may have added entries to it, and nothing on the server tells whose an entry is.",
    fix: `See who has the role: GET ${path}. If nobody needs it: DELETE ${path}.`,
  });
}

function stillNamed(object: LeftObject, users: readonly string[]): ExplainedError {
  return new ExplainedError({
    what: `The ${named(object)} is still used by ${users.join(", ")}.`,
    cause: "Deleting it would break them.",
    fix: "Remove it from them first, and run ollama-chat doctor --fix again.",
  });
}
