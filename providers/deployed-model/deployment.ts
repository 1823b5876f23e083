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
 * Waits until a model whose deployment was started is deployed. A first `DEPLOY_FAILED` is often only two writes that
 * met on the model's document, so it is deployed once more before it counts.
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
    if (triedAgain && !NOT_TRIED.test(error ?? "")) throw deployFailed(modelId, error);
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

/** The node says so while it still holds the deployment that has just failed (seen on 3.6.0). */
const NOT_TRIED = /Duplicate deploy model task/;

function deployFailed(modelId: string, error: string | undefined): ExplainedError {
  const {
    cause = "The server could not load the model; its task's error is above.",
    fix = "Mend what the error names, then run pulumi up again: it goes on with this model.",
  } = diagnose(error ?? "") ?? {};
  const what = `The model ${modelId} is DEPLOY_FAILED: ${error ?? "the server's tasks name no error"}`;
  return new ExplainedError({ what, cause, fix });
}

/** Starts the deployment of a model unless it is deployed or on the way, and waits for it. */
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

/** Waits until no deployment is on its way: a write in between would be refused, or leave `DEPLOY_FAILED`. */
export async function awaitSettled(server: OpenSearchServer, modelId: string, deadline: Deadline): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const state = (await getModel(server, modelId))?.modelState;
    return state === ModelState.deploying ? { last: state } : { done: true };
  };
  await waitFor(look, { waitingFor: `the deployment of model ${modelId} to settle`, deadline });
}

const LAGS = /Model cannot be deleted in deploying or deployed state|version conflict/i;

/**
 * Undeploys a model and waits until the server says so. Its sync job may write `DEPLOY_FAILED` right after an undeploy
 * (3.4.0), which can be deleted just as well.
 */
export async function undeploy(server: OpenSearchServer, modelId: string, deadline: Deadline): Promise<void> {
  await awaitSettled(server, modelId, deadline);
  await undeployModel(server, modelId);
  const look = async (): Promise<Look<true>> => {
    const state = (await getModel(server, modelId))?.modelState;
    const still = state === ModelState.deployed || state === ModelState.partiallyDeployed;
    return still || state === ModelState.deploying ? { last: state ?? "" } : { done: true };
  };
  await waitFor(look, { waitingFor: `model ${modelId} to be undeployed`, deadline });
}

/**
 * Undeploys and deletes a model that was just seen in this state. A predict in between deploys it again, so the two are
 * repeated together. Whether it is undeployed by then is for the server to say: it refuses to delete one that is not.
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
      if (!(error instanceof ServerError) || !LAGS.test(error.reason) || deadline.passed) throw error;
      return { last: error.reason, error };
    }
  };
  await waitFor(look, { waitingFor: `model ${modelId} to be deleted`, deadline });
}
