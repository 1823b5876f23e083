/** The resource types of this package, each with the path of its provider entry in package.json's `exports`. */
export const ENTRIES = {
  ClusterSetting: "cluster-setting",
  ModelGroup: "model-group",
  Connector: "connector",
  DeployedModel: "deployed-model",
  OllamaModel: "ollama-model",
  TlsCertificate: "tls-certificate",
  SearchIndex: "search-index",
  ContainerHealth: "container-health",
  SecurityUser: "security-user",
  SecurityRole: "security-role",
  SecurityRoleMapping: "security-role-mapping",
} as const;

export type ResourceType = keyof typeof ENTRIES;

/** The type token in state and previews. Frozen: a change would orphan every stack there is. */
export function typeToken(type: ResourceType): string {
  return `pulumi-nodejs:dynamic/ollamachat:${type}`;
}

/**
 * The code that Pulumi keeps in the state as `__provider`, twice a resource, and runs for delete and refresh.
 * A constant written by hand and not a serialised closure: it never shows as a diff, and it always runs the
 * installed version of the package (pulumi/pulumi#6490, #12401). Frozen with the paths it names.
 */
export function storedText(type: ResourceType): string {
  return `exports.handler = () => require("pulumi-ollama-chat/provider/${ENTRIES[type]}");`;
}
