import { getModel, updateModel } from "../../../clients/opensearch/models";
import { predict } from "../../../clients/opensearch/predict";
import { reportingTo } from "../../../clients/report";
import { Deadline, type Look, waitFor } from "../../../clients/wait";
import { messageOf } from "../../../diagnosis/failure";
import { ensureDeployed } from "../../../providers/deployed-model/deployment";
import { probeParameters } from "../../../providers/deployed-model/probe";
import type { Repair } from "./check";
import { frozenRefusal } from "./checks/chain";
import type { Scene } from "./scene";

const DEPLOY_MILLISECONDS = 120_000;

/** Deploys the model again, as `pulumi up` would. */
export function redeploy(scene: Scene): Repair {
  const { modelId = "" } = scene.access;
  const run = async (say: (line: string) => void) => {
    const deadline = Deadline.after(DEPLOY_MILLISECONDS);
    await reportingTo(say, () => ensureDeployed(scene.opensearch, modelId, modelId, deadline));
  };
  return { id: "redeploy", action: `deploy the model ${modelId} again`, run };
}

/** Time that the nodes may take to use new settings. At most 22 ms was measured (3.4.0). */
const TAKE_OVER_MILLISECONDS = 5_000;

/** Makes a deployed model reload the cluster's settings without downtime, by setting its connector again. */
export function reloadSettings(scene: Scene): Repair {
  const { modelId = "" } = scene.access;
  const run = async (say: (line: string) => void) => {
    const deadline = Deadline.after(DEPLOY_MILLISECONDS);
    const connectorId = (await getModel(scene.opensearch, modelId))?.connectorId;
    await updateModel(scene.opensearch, modelId, { connectorId }, deadline);
    await reportingTo(say, () => ensureDeployed(scene.opensearch, modelId, modelId, deadline));
    await takenOver(scene, modelId);
  };
  return { id: "read-settings-anew", action: `make the model ${modelId} reload the cluster's settings`, run };
}

/** Waits until the nodes use the new settings. They do so some time after the server's answer. */
async function takenOver(scene: Scene, modelId: string): Promise<void> {
  const connector = await scene.connector();
  const parameters = connector && probeParameters(connector);
  if (parameters === undefined) return;
  const deadline = Deadline.after(TAKE_OVER_MILLISECONDS);
  const look = async (): Promise<Look<true>> => {
    try {
      await predict(scene.opensearch, modelId, parameters, Deadline.after(scene.answerSeconds * 1000));
      return { done: true };
    } catch (error) {
      // The next checks will report any other failure.
      if (frozenRefusal(error) === undefined || deadline.passed) return { done: true };
      return { last: messageOf(error), error };
    }
  };
  await waitFor(look, { waitingFor: `model ${modelId} to use the settings`, deadline });
}
