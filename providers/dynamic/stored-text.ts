/** The resource types of this package, and the entry of each one's provider in package.json's `exports`. */
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
  SecurityPassword: "security-password",
  SecurityRole: "security-role",
  SecurityRoleMapping: "security-role-mapping",
} as const;

export type ResourceType = keyof typeof ENTRIES;

/** The type token in state and previews. Frozen: a change would orphan the resources of every existing stack. */
export function typeToken(type: ResourceType): string {
  return `pulumi-nodejs:dynamic/ollamachat:${type}`;
}

/**
 * The code that Pulumi stores in the state as `__provider`, twice per resource, and runs for delete and refresh. A
 * constant instead of a serialized closure never shows as a diff and always runs the installed version of the package
 * (pulumi/pulumi#6490, #12401). Frozen, with the paths it contains.
 */
export function storedText(type: ResourceType): string {
  return `exports.handler = () => require("pulumi-ollama-chat/provider/${ENTRIES[type]}");`;
}
