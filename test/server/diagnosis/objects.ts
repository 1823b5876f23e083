import { deleteConnector, patchConnector } from "../../../clients/opensearch/connectors";
import { deleteModelGroup, updateModelGroup } from "../../../clients/opensearch/model-groups";
import {
  deleteModel,
  deployModel,
  registerModel,
  undeployModel,
  updateModel,
} from "../../../clients/opensearch/models";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import type { DoctorWorld } from "../doctor/world";
import { created, urn } from "../lifecycle-support";
import { ML, request, serverOf, soon } from "./acts";
import type { Provocation } from "./provocation";

async function group(world: DoctorWorld, args: object): Promise<string> {
  const { connection } = world;
  return (await created(modelGroupLifecycle, { connection, owner: urn("ModelGroup", "another"), ...args })).id;
}

const register = (world: DoctorWorld, ids: { modelGroupId?: string; connectorId?: string }) =>
  registerModel(
    serverOf(world),
    { name: "another", modelGroupId: world.groupId, connectorId: world.connectorId, ...ids },
    { deploy: false, deadline: soon() },
  );

/** As an administrator may who deletes indices by a pattern. */
async function withoutModelIndex(world: DoctorWorld): Promise<void> {
  await undeployModel(serverOf(world), world.modelId);
  await world.api("DELETE", "/.plugins-ml-model");
}

export const OBJECT_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "group-name-taken",
    how: "a group of a name that somebody else's has",
    run: (world) => group(world, { name: "chat-group" }),
    says: 'ModelGroup "another": create failed: POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: The name you provided is already being used by a model group with ID: GROUP.',
  },
  {
    row: "group-name-taken",
    how: "a group is renamed so",
    run: async (world) => {
      const id = await group(world, { name: "another" });
      const renaming = updateModelGroup(serverOf(world), id, { name: "chat-group" });
      return await renaming.catch((error: Error) => {
        throw new Error(error.message.replaceAll(id, "ANOTHER"));
      });
    },
    says: "PUT /_plugins/_ml/model_groups/ANOTHER answered 400 illegal_argument_exception: The name you provided is already being used by another model with ID: GROUP. Please provide a different name",
  },
  {
    row: "name-refused",
    how: "a group's name holds a no-break space",
    run: (world) => request(world, "POST", `${ML}/model_groups/_register`, { name: "our\u00a0group" }),
    says: "POST /_plugins/_ml/model_groups/_register answered 400 action_request_validation_exception: Validation Failed: 1: Model group name can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/\");",
  },
  {
    row: "credential-missing",
    how: "a connector is made by hand, without a credential",
    run: (world) => request(world, "POST", `${ML}/connectors/_create`, { ...world.connectorBody, credential: {} }),
    says: "POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception: Connector credential is null or empty list",
  },
  {
    row: "connector-edit-refused",
    how: "a connector is edited while a deployed model uses it",
    run: (world) => patchConnector(serverOf(world), world.connectorId, { parameters: { model: "x" }, credential: {} }),
    says: "PUT /_plugins/_ml/connectors/CONNECTOR answered 400 status_exception: 1 models are still using this connector, please undeploy the models first: [MODEL]",
  },
  {
    row: "connector-in-use",
    how: "a connector is deleted that a model uses",
    run: (world) => deleteConnector(serverOf(world), world.connectorId),
    says: "DELETE /_plugins/_ml/connectors/CONNECTOR answered 409 status_exception: 1 models are still using this connector, please delete or update the models first: [MODEL]",
  },
  {
    row: "group-in-use",
    how: "a group is deleted that has models",
    run: (world) => deleteModelGroup(serverOf(world), world.groupId),
    says: "DELETE /_plugins/_ml/model_groups/GROUP answered 409 status_exception: Cannot delete the model group when it has associated model versions",
  },
  {
    row: "model-still-deployed",
    how: "a model is deleted that is deployed",
    run: (world) => deleteModel(serverOf(world), world.modelId),
    says: "DELETE /_plugins/_ml/models/MODEL answered 400 status_exception: Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete",
  },
  {
    row: "group-missing",
    how: "a model is registered into a group that is not there",
    run: (world) => register(world, { modelGroupId: "gone" }),
    says: "POST /_plugins/_ml/models/_register answered 500 m_l_resource_not_found_exception: Model Group Response is empty for gone",
  },
  {
    row: "group-missing",
    how: "such a group is changed",
    run: (world) => updateModelGroup(serverOf(world), "gone", { name: "x" }),
    says: "PUT /_plugins/_ml/model_groups/gone answered 404 status_exception: Failed to find model group with the provided model group id: gone",
  },
  {
    row: "group-missing",
    how: "a model is moved into it",
    run: (world) => updateModel(serverOf(world), world.modelId, { modelGroupId: "gone" }, soon()),
    says: "PUT /_plugins/_ml/models/MODEL answered 404 status_exception: Failed to find the model group with the provided model group id in the update model input, MODEL_GROUP_ID: gone",
  },
  {
    row: "model-missing",
    how: "a model is deployed that is not there",
    run: (world) => deployModel(serverOf(world), "gone"),
    says: "POST /_plugins/_ml/models/gone/_deploy answered 404 status_exception: Failed to find model",
  },
  {
    row: "model-missing",
    how: "such a model is changed",
    run: (world) => updateModel(serverOf(world), "gone", { name: "x" }, soon()),
    says: "PUT /_plugins/_ml/models/gone answered 404 status_exception: Failed to find model to update with the provided model id: gone",
  },
  {
    row: "index-unreadable",
    how: "a model is deployed after the index of all models was deleted",
    run: async (world) => {
      await withoutModelIndex(world);
      await deployModel(serverOf(world), "gone");
    },
    says: "POST /_plugins/_ml/models/gone/_deploy answered 500 status_exception: Failed to get data object from index .plugins-ml-model",
  },
  {
    row: "model-missing",
    how: "a model is looked for after that",
    run: async (world) => {
      await withoutModelIndex(world);
      await request(world, "GET", `${ML}/models/gone`);
    },
    says: "GET /_plugins/_ml/models/gone answered 404 status_exception: Fail to find model",
  },
  {
    row: "connector-missing",
    how: "a model is registered with a connector that is not there",
    run: (world) => register(world, { connectorId: "gone" }),
    says: "POST /_plugins/_ml/models/_register answered 404 status_exception: Failed to find connector:gone",
  },
  {
    row: "access-control-off",
    how: "a connector gets an access mode on a cluster without access control",
    run: (world) =>
      request(world, "POST", `${ML}/connectors/_create`, { ...world.connectorBody, access_mode: "public" }),
    says: "POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception: You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster.",
  },
  {
    row: "access-control-off",
    how: "a group gets one",
    run: (world) => group(world, { name: "another", accessMode: "public" }),
    says: 'ModelGroup "another": create failed: POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: You cannot specify model access control parameters because the Security plugin or model access control is disabled on your cluster.',
  },
];
