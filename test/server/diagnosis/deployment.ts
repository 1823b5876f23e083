import { deployModel, undeployModel, updateModel } from "../../../clients/opensearch/models";
import { ensureDeployed } from "../../../providers/deployed-model/deployment";
import type { DoctorWorld } from "../doctor/world";
import { ML, question, request, serverOf, settings, soon } from "./acts";
import type { Provocation } from "./provocation";

const undeployed = (world: DoctorWorld) => undeployModel(serverOf(world), world.modelId);

/** Only a local algorithm may not run on a node that has little left. */
const train = (world: DoctorWorld) =>
  request(world, "POST", `${ML}/_train/kmeans`, {
    parameters: { centroids: 1 },
    input_data: {
      column_metas: [{ name: "k", column_type: "DOUBLE" }],
      rows: [{ values: [{ column_type: "DOUBLE", value: 1 }] }],
    },
  });

/** No node has the role `ml` here. */
const noNode = { "plugins.ml_commons.task_dispatcher.eligible_node_role.remote_model": ["ml"] };
const anyNode = { "plugins.ml_commons.only_run_on_ml_node": false };

const INFERENCE_OFF =
  'Remote Inference is currently disabled. To enable it, update the setting "plugins.ml_commons.remote_inference_enabled" to true.';

/**
 * The connector's credential is stored as one that another key encrypted: a bit of its own key, which the cluster's key
 * wraps, is another one. It stands behind the provider's name, the information about it, and both their lengths.
 */
async function encryptedOtherwise(world: DoctorWorld): Promise<void> {
  await credentialOf(world, (bytes) => {
    const key = bytes.indexOf(PROVIDER) + PROVIDER.length + 2 + 20 + 2;
    bytes[key] = (bytes[key] ?? 0) ^ 1;
    return bytes.toString("base64");
  });
}

/** What the cluster keeps of the connector's credential, otherwise. */
async function credentialOf(world: DoctorWorld, otherwise: (bytes: Buffer) => string): Promise<void> {
  const document = `/.plugins-ml-connector/_doc/${world.connectorId}`;
  const { _source: source } = (await world.api("GET", document)) as { _source?: { credential?: { none?: string } } };
  const none = otherwise(Buffer.from(source?.credential?.none ?? "", "base64"));
  await world.api("PUT", `${document}?refresh=true`, { ...source, credential: { none } });
}

const PROVIDER = "Custom";

export const DEPLOYMENT_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "connector-missing",
    how: "a model is deployed whose connector is gone",
    run: async (world) => {
      const server = serverOf(world);
      await undeployed(world);
      // The server takes a connector that is not there, without a word.
      await updateModel(server, world.modelId, { connectorId: "gone" }, soon());
      await ensureDeployed(server, world.modelId, "m", soon());
    },
    says: "The model MODEL is DEPLOY_FAILED: node NODE: Failed to find connector:gone",
  },
  {
    row: "model-deploy-failed",
    how: "a model is deployed whose connector somebody made unreadable",
    run: async (world) => {
      await undeployed(world);
      // The server takes that, and wants other credentials from then on.
      await world.api("PUT", `${ML}/connectors/${world.connectorId}`, { protocol: "aws_sigv4" });
      await ensureDeployed(serverOf(world), world.modelId, "m", soon());
    },
    explainsItself: true,
    says: "The model MODEL is DEPLOY_FAILED: node NODE: Missing credential",
  },
  {
    row: "credential-unreadable",
    how: "a model is deployed whose connector's credential was encrypted with another key",
    run: async (world) => {
      await undeployed(world);
      await encryptedOtherwise(world);
      await ensureDeployed(serverOf(world), world.modelId, "m", soon());
    },
    says: "The model MODEL is DEPLOY_FAILED: node NODE: Tag mismatch",
  },
  ...(
    [
      ["is cut off", (bytes) => bytes.subarray(0, 40).toString("base64"), "Incomplete ciphertext."],
      ["is no ciphertext", () => "bm90aGluZw==", "Invalid version"],
      ["is no base64", () => "not base64!", "Illegal base64 character 20"],
      ["has a changed text", (bytes) => bytes.fill(0, bytes.length - 4).toString("base64"), "Bad trailing signature"],
    ] as const satisfies readonly (readonly [string, (bytes: Buffer) => string, string])[]
  ).map(([how, otherwise, says]) => ({
    row: "credential-unreadable",
    how: `a model is deployed whose connector's credential ${how}`,
    run: async (world: DoctorWorld) => {
      await undeployed(world);
      await credentialOf(world, otherwise);
      await ensureDeployed(serverOf(world), world.modelId, "m", soon());
    },
    says: `The model MODEL is DEPLOY_FAILED: node NODE: ${says}`,
  })),
  {
    row: "credential-unreadable",
    how: "such a model is asked",
    run: async (world) => {
      await undeployed(world);
      await encryptedOtherwise(world);
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 500 m_l_exception: com.amazonaws.encryptionsdk.exception.CannotUnwrapDataKeyException: Unable to decrypt any data keys",
  },
  {
    row: "auto-deploy-off",
    how: "a model is asked that is not loaded, where no question loads one",
    run: async (world) => {
      await settings(world, { "plugins.ml_commons.model_auto_deploy.enable": false });
      await undeployed(world);
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 400 illegal_argument_exception: Model not ready yet. Please deploy the model first.",
  },
  {
    row: "auto-deploy-off",
    how: "the same, where that holds for this model alone",
    run: async (world) => {
      const deploySetting = { is_auto_deploy_enabled: false };
      await updateModel(serverOf(world), world.modelId, { deploySetting }, soon());
      await undeployed(world);
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 400 illegal_argument_exception: Auto deployment disabled for this model, please deploy model first Model ID: MODEL",
  },
  {
    row: "model-disabled",
    how: "a model is asked that is disabled",
    run: async (world) => {
      await updateModel(serverOf(world), world.modelId, { isEnabled: false }, soon());
      await world.askUntil(/Model is disabled/);
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 403 status_exception: Model is disabled.",
  },
  {
    row: "no-eligible-node",
    how: "a model is asked where no node may run it",
    run: async (world) => {
      await settings(world, noNode);
      await undeployed(world);
      await question(world);
    },
    says: "POST /_plugins/_ml/models/MODEL/_predict answered 400 illegal_argument_exception: no eligible node to run predict request",
  },
  {
    row: "no-eligible-node",
    how: "a model is deployed there",
    run: async (world) => {
      await settings(world, noNode);
      await undeployed(world);
      await deployModel(serverOf(world), world.modelId);
    },
    says: "POST /_plugins/_ml/models/MODEL/_deploy answered 400 illegal_argument_exception: no eligible node found",
  },
  {
    row: "no-eligible-node",
    how: "a local algorithm runs where it wants a node with the role ml",
    run: train,
    says: 'POST /_plugins/_ml/_train/kmeans answered 400 illegal_argument_exception: No eligible node found to execute this request. It\'s best practice to provision ML nodes to serve your models. You can disable this setting to serve the model on your data node for development purposes by disabling the "plugins.ml_commons.only_run_on_ml_node" configuration using the _cluster/settings api',
  },
  {
    row: "circuit-breaker",
    how: "a local algorithm runs where hardly any memory may be used",
    run: async (world) => {
      await settings(world, { ...anyNode, "plugins.ml_commons.jvm_heap_memory_threshold": 0 });
      await train(world);
    },
    says: "POST /_plugins/_ml/_train/kmeans answered 429 circuit_breaking_exception: Memory Circuit Breaker is open, please check your resources!",
  },
  {
    row: "circuit-breaker",
    how: "a local algorithm runs where more disk has to stay free than there is",
    run: async (world) => {
      await settings(world, { ...anyNode, "plugins.ml_commons.disk_free_space_threshold": "1000tb" });
      await train(world);
    },
    says: "POST /_plugins/_ml/_train/kmeans answered 429 circuit_breaking_exception: Disk Circuit Breaker is open, please check your resources!",
  },
  {
    row: "remote-inference-off",
    how: "a model is asked while remote inference is off",
    run: async (world) => {
      await settings(world, { "plugins.ml_commons.remote_inference.enabled": false });
      await question(world);
    },
    says: `POST /_plugins/_ml/models/MODEL/_predict answered 400 status_exception: ${INFERENCE_OFF}`,
  },
  {
    row: "remote-inference-off",
    how: "a connector is made while it is off",
    run: async (world) => {
      await settings(world, { "plugins.ml_commons.remote_inference.enabled": false });
      await request(world, "POST", `${ML}/connectors/_create`, world.connectorBody);
    },
    says: `POST /_plugins/_ml/connectors/_create answered 400 status_exception: ${INFERENCE_OFF}`,
  },
];
