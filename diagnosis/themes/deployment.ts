import type { Symptom } from "../symptom";

/** Deploying the model, and what the cluster needs for it. */
export const DEPLOYMENT: readonly Symptom[] = [
  {
    id: "model-undeployed",
    shows: "model_state is UNDEPLOYED, REGISTERED or PARTIALLY_DEPLOYED, often after a restart of OpenSearch",
    cause:
      "Somebody undeployed the model, or the whole cluster restarted, which automatic redeployment does not cover (#2050, #2177, #4134). With model_auto_deploy.enable on, the first predict loads it.",
    fix: "Run ollama-chat doctor --fix, or pulumi up --refresh: both deploy it again.",
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
      "The connector's credential was encrypted with a key that the cluster has no more: the index .plugins-ml-config, which holds the key, was lost, restored from another cluster, or left out of a snapshot. Or what the cluster keeps of the credential was damaged.",
    fix: "Put the credential again: make a new connector with it and move the model there. With this package: pulumi up --replace URN-OF-THE-CONNECTOR (pulumi stack --show-urns names it); the model's id stays.",
  },
  {
    id: "model-deploy-failed",
    shows: "model_state is DEPLOY_FAILED",
    cause:
      "The server could not load the model; its task's error is above. Without one it is mostly the server's own sync job, which met another write (seen on 3.4.0), and deploying once more cures it.",
    fix: "Mend what the error names, then run ollama-chat doctor --fix, or pulumi up --refresh.",
  },
  {
    id: "auto-deploy-off",
    shows: "Model not ready yet. Please deploy the model first.",
    signs: [{ says: /Model not ready yet|Auto deployment disabled/ }],
    cause: "The model is not loaded, and loading on the first predict is switched off.",
    fix: "Run pulumi up --refresh: a model that is not deployed gets deployed again.",
  },
  {
    id: "model-disabled",
    shows: "Model is disabled.",
    signs: [{ says: /Model is disabled/ }],
    cause: "The model's is_enabled is false, so it answers nobody.",
    fix: "Leave isEnabled out of the DeployedModel, or set it to true, and run pulumi up --refresh.",
  },
  {
    id: "no-eligible-node",
    shows: "No eligible node found to execute this request",
    signs: [{ says: /no eligible node/i }],
    cause:
      "No node has a role that may run the model: plugins.ml_commons.task_dispatcher.eligible_node_role.remote_model for remote models (data, ml unless set), and for local models also only_run_on_ml_node.",
    fix: "Put a role that a node has into that setting, or give a node the role ml. only_run_on_ml_node does not matter for Ollama.",
  },
  {
    id: "circuit-breaker",
    shows: "Memory Circuit Breaker is open, or: Disk Circuit Breaker is open",
    signs: [{ says: /Circuit Breaker is open/i }],
    cause:
      "The node's heap is above 85 %, its memory above 90 %, or less than 5 GB of disk are free (plugins.ml_commons.jvm_heap_memory_threshold, native_memory_threshold, disk_free_space_threshold). From 2.15 on remote models such as Ollama's skip these checks (#2465, #2639).",
    fix: "Give OpenSearch more heap or disk, or raise the threshold that the text names; on a server before 2.15 an upgrade ends it for remote models.",
  },
  {
    id: "master-key",
    shows: "The ML encryption master key has not been initialized yet",
    signs: [{ says: /master key has not been initialized/ }],
    cause: "The cluster is new and still makes the key with which it encrypts credentials.",
    fix: "Run again in ten seconds; if it stays, look whether the index .plugins-ml-config is healthy.",
  },
  {
    id: "remote-inference-off",
    shows: "Remote Inference is currently disabled",
    signs: [{ says: /remote_inference_enabled/ }],
    cause: "Remote inference is switched off on this cluster.",
    fix: "Set plugins.ml_commons.remote_inference.enabled to true; the key in the server's text does not exist.",
  },
];
