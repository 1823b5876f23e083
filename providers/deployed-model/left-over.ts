import { ServerError } from "../../clients/errors";
import { usersOfModel } from "../../clients/opensearch/model-users";
import { type FoundModel, findModelsDescribed, getModel } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import type { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { type Mark, markIn, sameResource } from "../shared/ownership";
import { isInState, oneAtATime } from "../shared/run-memory";
import { undeployAndDelete } from "./deployment";

/** Models with the mark of this resource. */
export async function findModelsOf(server: OpenSearchServer, mark: Mark | undefined): Promise<FoundModel[]> {
  if (mark === undefined) return [];
  const found = await findModelsDescribed(server, mark.owner);
  return found.filter(({ model }) => sameResource(markIn(model), mark));
}

/** Of these models, those of the stack that are not in its state: interrupted runs left them. */
export function leftBy(stack: string, models: readonly FoundModel[]): FoundModel[] {
  return models.filter(({ id, model }) => markIn(model)?.stack === stack && !isInState(id));
}

/**
 * Deletes a model that an interrupted run left.
 *
 * @throws ExplainedError if something on the cluster uses the model.
 */
export async function removeLeftOver(
  server: OpenSearchServer,
  modelId: string,
  title: string,
  deadline: Deadline,
): Promise<void> {
  // Group and connector are deleted in parallel, and both may find the model.
  await oneAtATime(`${server.endpoint}/${modelId}`, async () => {
    const model = await getModel(server, modelId);
    if (model === undefined) return;
    const byHand = `delete it by hand: POST /_plugins/_ml/models/${modelId}/_undeploy, then DELETE /_plugins/_ml/models/${modelId}`;
    await requireUnused(server, modelId, byHand);
    report(`${title}: removes the model ${modelId}, which an interrupted run left`);
    await undeployAndDelete(server, modelId, model.modelState, deadline);
  });
}

/**
 * @param wayOn how to delete the model anyway, as the end of a sentence.
 * @throws ExplainedError if a pipeline or an agent uses the model, or if its users cannot be listed.
 */
export async function requireUnused(server: OpenSearchServer, modelId: string, wayOn: string): Promise<void> {
  const users = await usersOfModel(server, modelId).catch((error: unknown) => {
    if (!(error instanceof ServerError)) throw error;
    throw new ExplainedError({
      what: `Cannot tell whether a pipeline or an agent still uses the model ${modelId}: ${error.message}`,
      cause: "The user of this connection may not read them, so deleting the model could break one of them.",
      fix: `Grant the user the missing permission, or ${wayOn}.`,
    });
  });
  if (users.length === 0) return;
  throw new ExplainedError({
    what: `The model ${modelId} is still used by ${users.join(", ")}.`,
    cause: "Deleting it would break them, and the server itself does not check (safe_delete_model is off by default).",
    fix: `Remove the model from them first, or ${wayOn}.`,
  });
}
