import { ServerError } from "../../clients/errors";
import { deleteModel, deployModel, getModel, undeployModel } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { lastDeployError } from "../../clients/opensearch/tasks";
import { report } from "../../clients/report";
import { type Deadline, type Look, waitFor } from "../../clients/wait";
import { diagnose } from "../../diagnosis/diagnose";
import { ExplainedError } from "../../diagnosis/explained-error";

/** States of a model, as the server names them. There is no `FAILED`. */
export const ModelState = {
  registered: "REGISTERED",
  deploying: "DEPLOYING",
  deployed: "DEPLOYED",
  partiallyDeployed: "PARTIALLY_DEPLOYED",
  undeployed: "UNDEPLOYED",
  deployFailed: "DEPLOY_FAILED",
} as const;

/**
 * Waits for a started deployment. Retries once after `DEPLOY_FAILED`: the first failure is often just a version
 * conflict of two writes to the model's document.
 */
export async function awaitDeployed(
  server: OpenSearchServer,
  modelId: string,
  name: string,
  deadline: Deadline,
): Promise<void> {
  let triedAgain = false;
  const look = async (): Promise<Look<true>> => {
    const state = (await getModel(server, modelId))?.modelState ?? "not there";
    if (state === ModelState.deployed) return { done: true };
    if (state !== ModelState.deployFailed) return { last: state };
    const error = triedAgain ? await lastDeployError(server, modelId) : undefined;
    if (triedAgain && !NOT_STARTED.test(error ?? "")) throw deployFailed(modelId, error);
    if (!triedAgain) report(`DeployedModel ${name}: deployment failed, trying once more`);
    triedAgain = true;
    await undeployModel(server, modelId);
    await deployModel(server, modelId);
    return { last: state };
  };
  await waitFor(look, {
    waitingFor: `model ${modelId} to be deployed`,
    deadline,
    onLong: (line) => report(line, { subject: `DeployedModel ${name}`, passing: true }),
  });
}

/** The node's error while it still has the failed deployment: the new one was not started (seen on 3.6.0). */
const NOT_STARTED = /Duplicate deploy model task/;

function deployFailed(modelId: string, error: string | undefined): ExplainedError {
  const {
    cause = "The server could not load the model; its task's error is above.",
    fix = "Fix what the error names, then run pulumi up again; it continues with this model.",
  } = diagnose(error ?? "") ?? {};
  const what = `The model ${modelId} is DEPLOY_FAILED: ${error ?? "the server's tasks name no error"}`;
  return new ExplainedError({ what, cause, fix });
}

/** Deploys a model unless it is deployed or deploying, and waits until it is deployed. */
export async function ensureDeployed(
  server: OpenSearchServer,
  modelId: string,
  name: string,
  deadline: Deadline,
): Promise<void> {
  const state = (await getModel(server, modelId))?.modelState;
  if (state === ModelState.deployed) return;
  if (state !== ModelState.deploying) await deployModel(server, modelId);
  await awaitDeployed(server, modelId, name, deadline);
}

/** Waits while the model is deploying. A write during a deployment is refused or causes `DEPLOY_FAILED`. */
export async function awaitSettled(server: OpenSearchServer, modelId: string, deadline: Deadline): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const state = (await getModel(server, modelId))?.modelState;
    return state === ModelState.deploying ? { last: state } : { done: true };
  };
  await waitFor(look, { waitingFor: `the deployment of model ${modelId} to settle`, deadline });
}

/** Refusals that pass once the undeployment has reached the model's document. */
const NOT_YET_DELETABLE = /Model cannot be deleted in deploying or deployed state|version conflict/i;

/**
 * Undeploys a model and waits until the server reports it. The server's sync job may write `DEPLOY_FAILED` right after
 * an undeploy (3.4.0); a model in that state can be deleted too.
 */
export async function undeploy(server: OpenSearchServer, modelId: string, deadline: Deadline): Promise<void> {
  await awaitSettled(server, modelId, deadline);
  await undeployModel(server, modelId);
  const look = async (): Promise<Look<true>> => {
    const state = (await getModel(server, modelId))?.modelState;
    const isDeployed = state === ModelState.deployed || state === ModelState.partiallyDeployed;
    return isDeployed || state === ModelState.deploying ? { last: state ?? "" } : { done: true };
  };
  await waitFor(look, { waitingFor: `model ${modelId} to be undeployed`, deadline });
}

/**
 * Undeploys and deletes a model. Retries both together, since a predict in between deploys the model again. Does not
 * wait for the undeployment: the server refuses to delete a deployed model.
 *
 * @param seenState the model's state, as just read.
 */
export async function undeployAndDelete(
  server: OpenSearchServer,
  modelId: string,
  seenState: string,
  deadline: Deadline,
): Promise<void> {
  let mayBeDeploying = seenState === ModelState.deploying;
  const look = async (): Promise<Look<true>> => {
    if (mayBeDeploying) await awaitSettled(server, modelId, deadline);
    mayBeDeploying = true;
    await undeployModel(server, modelId);
    try {
      await deleteModel(server, modelId);
      return { done: true };
    } catch (error) {
      if (!(error instanceof ServerError) || !NOT_YET_DELETABLE.test(error.reason) || deadline.passed) throw error;
      return { last: error.reason, error };
    }
  };
  await waitFor(look, { waitingFor: `model ${modelId} to be deleted`, deadline });
}
