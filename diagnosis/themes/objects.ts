import type { Symptom } from "../symptom";

/** Creating, changing and deleting model groups, connectors and models. */
export const OBJECTS: readonly Symptom[] = [
  {
    id: "group-name-taken",
    shows: "The name you provided is already being used by a model group with ID",
    signs: [{ says: /name you provided is already being used by (?:a model group|another model) with ID/ }],
    cause:
      "Model group names are unique in a cluster, and somebody else's group has this one; or a tool left it behind: since 2.11 deleting the last model keeps the group, and a flow-framework workflow never deletes its own (#365).",
    fix: "Choose another name, or set adoptExisting: true to take that group over.",
  },
  {
    id: "name-refused",
    shows: "Model group name can only contain letters, numbers, spaces, and basic punctuation",
    signs: [{ says: /can only contain letters, numbers, spaces, and basic punctuation/ }],
    cause:
      "A name or description holds another character than the server takes; often one that looks like a space: a no-break space, or one of another width, as texts that were copied from a page have them.",
    fix: "Write it with letters, digits, plain spaces and . , ! ? ( ) : @ - _ ' / \".",
  },
  {
    id: "credential-missing",
    shows: "Connector credential is null or empty list",
    signs: [{ says: /credential is null or empty list/ }],
    cause: "ML Commons wants a credential in every connector, also for a model server that asks for none (#4704).",
    fix: 'Give one that stands for nothing, such as "credential": {"none": "none"}; the Connector resource does so by itself.',
  },
  {
    id: "connector-edit-refused",
    shows: "models are still using this connector, please undeploy the models first",
    signs: [{ says: /models are still using this connector, please undeploy/ }],
    cause: "The server lets nobody edit a connector that a deployed model uses (#2001, #2496).",
    fix: "Make a new connector, move the model to it (PUT models/ID with its connector_id, no gap), delete the old one; a changed Connector resource does just that.",
  },
  {
    id: "connector-in-use",
    shows: "models are still using this connector, please delete or update the models first",
    signs: [{ says: /models are still using this connector/ }],
    cause: "Models on the cluster still name this connector.",
    fix: "Delete those models or move them to another connector, then run again.",
  },
  {
    id: "group-in-use",
    shows: "Cannot delete the model group when it has associated model versions",
    signs: [{ says: /when it has associated model versions/ }],
    cause: "Models that this stack does not manage are registered in the group.",
    fix: "Delete or move them, or set retainOnDelete in the group's resource options, then run again.",
  },
  {
    id: "model-still-deployed",
    shows: "Model cannot be deleted in deploying or deployed state, though it was just undeployed",
    signs: [{ says: /Model cannot be deleted in deploying or deployed state/ }],
    cause:
      "A predict in between has deployed the model again by itself (plugins.ml_commons.model_auto_deploy.enable), or the server's search still shows the state of a moment ago (#2419).",
    fix: "Stop the callers, then run again.",
  },
  {
    id: "group-missing",
    shows: "Failed to find model group, or: Model Group Response is empty",
    signs: [{ says: /Model Group Response is empty|Fail(?:ed)? to find (?:the )?model group/ }],
    cause: "The model group is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "model-missing",
    shows: "Failed to find model",
    signs: [{ says: /Fail(?:ed)? to find model(?! (?:group|controller))/ }],
    cause: "The model is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "connector-missing",
    shows: "Failed to find connector",
    signs: [{ says: /Failed to find connector/ }],
    cause: "The connector is not on this cluster any more.",
    fix: "Run pulumi up --refresh: what is missing gets made again.",
  },
  {
    id: "connector-moved",
    shows: "The deployed model uses another connector than the stack's",
    cause: "Somebody moved the model to another connector outside of Pulumi, or an update ended half-way.",
    fix: "Run pulumi up --refresh, which moves it back.",
  },
  {
    id: "access-control-off",
    shows: "You cannot specify connector access control parameters",
    signs: [{ says: /cannot specify (?:model|connector) access control parameters/i }],
    cause: "Access fields are refused while access control is off on the cluster (#1064).",
    fix: "Leave accessMode, backendRoles and addAllBackendRoles out, or enable plugins.ml_commons.model_access_control_enabled and connector_access_control_enabled.",
  },
  {
    id: "objects-left",
    shows: "Models, connectors, groups or indices carry this stack's mark, and its state does not name them",
    cause:
      "A pulumi was killed while it made them, and the program had them no more when it ran again; or they were kept on purpose, by retainOnDelete.",
    fix: "Unless they are to stay, run ollama-chat doctor --fix: it deletes what nothing on the cluster names, and no index with documents.",
  },
  {
    id: "objects-cut-off",
    shows:
      "Models, connectors, groups or indices carry this stack's mark, and its state says that they were being made",
    cause: "A pulumi was killed while it made them, or is still on its way.",
    fix: "Run pulumi up: it takes them over. If the program has them no more, run pulumi refresh --clear-pending-creates, then ollama-chat doctor --fix.",
  },
];
