import type { Symptom } from "../symptom";

/** Creating, changing and deleting model groups, connectors and models. */
export const OBJECTS: readonly Symptom[] = [
  {
    id: "group-name-taken",
    shows: "The name you provided is already being used by a model group with ID",
    signs: [{ says: /name you provided is already being used by (?:a model group|another model) with ID/ }],
    cause:
      "Model group names are unique in a cluster, and another group has this name. It belongs to somebody else, or a tool left it behind: since 2.11 deleting the last model keeps the group, and a flow-framework workflow never deletes its own (#365).",
    fix: "Choose another name, or set adoptExisting: true to take over that group.",
  },
  {
    id: "name-refused",
    shows: "Model group name can only contain letters, numbers, spaces, and basic punctuation",
    signs: [{ says: /can only contain letters, numbers, spaces, and basic punctuation/ }],
    cause:
      "A name or description contains a character that the server does not accept. Often it looks like a space but is a no-break space or one of another width, copied from a web page.",
    fix: "Use letters, digits, plain spaces and . , ! ? ( ) : @ - _ ' / \".",
  },
  {
    id: "credential-missing",
    shows: "Connector credential is null or empty list",
    signs: [{ says: /credential is null or empty list/ }],
    cause: "ML Commons requires a credential in every connector, even if the model server needs none (#4704).",
    fix: 'Use a placeholder, such as "credential": {"none": "none"}. The Connector resource does so by itself.',
  },
  {
    id: "connector-edit-refused",
    shows: "models are still using this connector, please undeploy the models first",
    signs: [{ says: /models are still using this connector, please undeploy/ }],
    cause: "The server does not allow changes to a connector that a deployed model uses (#2001, #2496).",
    fix: "Create a new connector, move the model to it (PUT models/ID with its connector_id, without downtime), and delete the old one. The Connector resource does this when it changes.",
  },
  {
    id: "connector-in-use",
    shows: "models are still using this connector, please delete or update the models first",
    signs: [{ says: /models are still using this connector/ }],
    cause: "Models on the cluster still use this connector.",
    fix: "Delete those models or move them to another connector, then run again.",
  },
  {
    id: "group-in-use",
    shows: "Cannot delete the model group when it has associated model versions",
    signs: [{ says: /when it has associated model versions/ }],
    cause: "The group contains models that this stack does not manage.",
    fix: "Delete or move them, or set retainOnDelete in the group's resource options, then run again.",
  },
  {
    id: "model-still-deployed",
    shows: "Model cannot be deleted in deploying or deployed state, though it was just undeployed",
    signs: [{ says: /Model cannot be deleted in deploying or deployed state/ }],
    cause:
      "A predict has deployed the model again in the meantime (plugins.ml_commons.model_auto_deploy.enable), or the server's search still shows the old state (#2419).",
    fix: "Stop the callers, then run again.",
  },
  {
    id: "group-missing",
    shows: "Failed to find model group, or: Model Group Response is empty",
    signs: [{ says: /Model Group Response is empty|Fail(?:ed)? to find (?:the )?model group/ }],
    cause: "The model group no longer exists on this cluster.",
    fix: "Run pulumi up --refresh, which creates what is missing.",
  },
  {
    id: "model-missing",
    shows: "Failed to find model",
    signs: [{ says: /Fail(?:ed)? to find model(?! (?:group|controller))/ }],
    cause: "The model no longer exists on this cluster.",
    fix: "Run pulumi up --refresh, which creates what is missing.",
  },
  {
    id: "connector-missing",
    shows: "Failed to find connector",
    signs: [{ says: /Failed to find connector/ }],
    cause: "The connector no longer exists on this cluster.",
    fix: "Run pulumi up --refresh, which creates what is missing.",
  },
  {
    id: "connector-moved",
    shows: "The deployed model uses another connector than the stack's",
    cause: "Somebody moved the model to another connector outside of Pulumi, or an update was interrupted.",
    fix: "Run pulumi up --refresh, which moves it back.",
  },
  {
    id: "access-control-off",
    shows: "You cannot specify connector access control parameters",
    signs: [{ says: /cannot specify (?:model|connector) access control parameters/i }],
    cause: "The server rejects access fields while access control is off on the cluster (#1064).",
    fix: "Leave accessMode, backendRoles and addAllBackendRoles out, or enable plugins.ml_commons.model_access_control_enabled and connector_access_control_enabled.",
  },
  {
    id: "objects-left",
    shows: "Models, connectors, groups, indices, users or roles carry this stack's mark, but are not in its state",
    cause:
      "A pulumi was killed while it created them, and they were no longer in the program when it ran again. Or they were kept on purpose, with retainOnDelete.",
    fix: "Unless you want to keep them, run ollama-chat doctor --fix. It deletes those that nothing on the cluster uses, but no index with documents and no role mapping.",
  },
  {
    id: "objects-cut-off",
    shows:
      "Models, connectors, groups, indices, users or roles carry this stack's mark, and its state has them as pending creates",
    cause: "A pulumi was killed while it created them, or is still running.",
    fix: "Run pulumi up, which takes them over. If they are no longer in the program, run pulumi refresh --clear-pending-creates, then ollama-chat doctor --fix.",
  },
];
