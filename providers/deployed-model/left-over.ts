import { ServerError } from "../../clients/errors";
import { usersOfModel } from "../../clients/opensearch/model-users";
import { type FoundModel, findModelsDescribed, getModel } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import type { Deadline } from "../../clients/wait";
import { ExplainedError } from "../../diagnosis/explained-error";
import { type Mark, sameResource, undescribed } from "../shared/ownership";
import { isRemembered, oneAtATime } from "../shared/run-memory";
import { undeployAndDelete } from "./deployment";

/** The mark that a model carries in its description. */
export function markIn({ description }: { readonly description?: string }): Mark | undefined {
  return undescribed(description).mark;
}

/** Models that carry the mark of this resource, whichever create made them. */
export async function findModelsOf(server: OpenSearchServer, mark: Mark | undefined): Promise<FoundModel[]> {
  if (mark === undefined) return [];
  const found = await findModelsDescribed(server, mark.owner);
  return found.filter(({ model }) => sameResource(markIn(model), mark));
}

/** Of these models those of a stack that its state does not name: an interrupted run left them. */
export function leftBy(stack: string, models: readonly FoundModel[]): FoundModel[] {
  return models.filter(({ id, model }) => markIn(model)?.stack === stack && !isRemembered(id));
}

/** Deletes a model that an interrupted run left. Refused while something on the cluster names it. */
export async function removeLeftOver(
  server: OpenSearchServer,
  modelId: string,
  title: string,
  deadline: Deadline,
): Promise<void> {
  // Group and connector are deleted side by side, and both may find it.
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
 * Refuses where a pipeline or an agent names a model, and where that cannot be told: a server that refuses to tell who
 * uses a model has not said that nobody does.
 *
 * @param wayOn what deletes the model all the same; completes a sentence.
 */
export async function requireUnused(server: OpenSearchServer, modelId: string, wayOn: string): Promise<void> {
  const users = await usersOfModel(server, modelId).catch((error: unknown) => {
    if (!(error instanceof ServerError)) throw error;
    throw new ExplainedError({
      what: `Whether a pipeline or an agent still names the model ${modelId} cannot be told: ${error.message}`,
      cause: "The user of this connection may not read them, so deleting the model could break somebody else's.",
      fix: `Give the user the right that is named, or ${wayOn}.`,
    });
  });
  if (users.length === 0) return;
  throw new ExplainedError({
    what: `The model ${modelId} is still named by ${users.join(", ")}.`,
    cause: "Deleting it would break them, and the server itself does not check (safe_delete_model is off by default).",
    fix: `Remove the model from them first, or ${wayOn}.`,
  });
}
