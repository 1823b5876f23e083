import type { Symptom } from "../symptom";

/** Deploying the model, and what the cluster needs for it. */
export const DEPLOYMENT: readonly Symptom[] = [
  {
    id: "model-undeployed",
    shows: "model_state is UNDEPLOYED, REGISTERED or PARTIALLY_DEPLOYED, often after a restart of OpenSearch",
    cause:
      "Somebody undeployed the model, or the whole cluster restarted, which automatic redeployment does not cover (#2050, #2177, #4134). If model_auto_deploy.enable is on, the first predict deploys it.",
    fix: "Run ollama-chat doctor --fix or pulumi up --refresh. Both deploy it again.",
  },
  {
    id: "credential-unreadable",
    shows:
      "Tag mismatch, Unable to decrypt any data keys, Bad trailing signature: a credential that cannot be decrypted",
    signs: [
      {
        says: /Unable to decrypt any data keys|Tag mismatch|Incomplete ciphertext|Bad trailing signature|\bInvalid version$|Illegal base64 character/m,
      },
    ],
    cause:
      "The connector's credential was encrypted with a key that the cluster no longer has: the index .plugins-ml-config with the key was lost, restored from another cluster, or left out of a snapshot. Or the stored credential was damaged.",
    fix: "Store the credential again: create a new connector with it and move the model there. With this package, run pulumi up --replace URN-OF-THE-CONNECTOR (pulumi stack --show-urns shows it). The model's id stays.",
  },
  {
    id: "model-deploy-failed",
    shows: "model_state is DEPLOY_FAILED",
    cause:
      "The server could not load the model; its task's error is above. Without an error it is usually the server's own sync job, which collided with another write (seen on 3.4.0). Deploying again then helps.",
    fix: "Fix what the error names, then run ollama-chat doctor --fix or pulumi up --refresh.",
  },
  {
    id: "auto-deploy-off",
    shows: "Model not ready yet. Please deploy the model first.",
    signs: [{ says: /Model not ready yet|Auto deployment disabled/ }],
    cause: "The model is not deployed, and automatic deployment at the first predict is switched off.",
    fix: "Run pulumi up --refresh, which deploys it again.",
  },
  {
    id: "model-disabled",
    shows: "Model is disabled.",
    signs: [{ says: /Model is disabled/ }],
    cause: "The model's is_enabled is false, so it does not answer.",
    fix: "Leave isEnabled out of the DeployedModel, or set it to true, and run pulumi up --refresh.",
  },
  {
    id: "no-eligible-node",
    shows: "No eligible node found to execute this request",
    signs: [{ says: /no eligible node/i }],
    cause:
      "No node has a role that may run the model. For remote models the roles are those in plugins.ml_commons.task_dispatcher.eligible_node_role.remote_model (default data, ml); for local models only_run_on_ml_node matters too.",
    fix: "Add the role of an existing node to that setting, or give a node the role ml. only_run_on_ml_node does not affect Ollama.",
  },
  {
    id: "circuit-breaker",
    shows: "Memory Circuit Breaker is open, or: Disk Circuit Breaker is open",
    signs: [{ says: /Circuit Breaker is open/i }],
    cause:
      "The node uses more than 85 % of its heap or 90 % of its memory, or has less than 5 GB of free disk (plugins.ml_commons.jvm_heap_memory_threshold, native_memory_threshold, disk_free_space_threshold). From 2.15 on remote models such as Ollama's skip these checks (#2465, #2639).",
    fix: "Give OpenSearch more heap or disk, or raise the threshold named in the message. Before 2.15, an upgrade solves it for remote models.",
  },
  {
    id: "master-key",
    shows: "The ML encryption master key has not been initialized yet",
    signs: [{ says: /master key has not been initialized/ }],
    cause: "The cluster is new and is still creating its key for encrypting credentials.",
    fix: "Run again in ten seconds. If the error stays, check that the index .plugins-ml-config is healthy.",
  },
  {
    id: "remote-inference-off",
    shows: "Remote Inference is currently disabled",
    signs: [{ says: /remote_inference_enabled/ }],
    cause: "Remote inference is switched off on this cluster.",
    fix: "Set plugins.ml_commons.remote_inference.enabled to true. The key in the server's message does not exist.",
  },
];
