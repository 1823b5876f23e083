/**
 * OpenSearch ML Commons and Ollama as Pulumi resources. Importing this module registers nothing.
 *
 * @packageDocumentation
 */
export type { ConnectorAction, ConnectorClientConfig } from "./clients/opensearch/connectors";
export { answerText, type PredictAnswer } from "./clients/opensearch/predict-answer";
export type {
  ChatModelArgs,
  ExistingOllamaArgs,
  OllamaArgs,
  OllamaChatStackArgs,
  OpenSearchArgs,
  ReadinessArgs,
} from "./components/args";
export type { ChatBackend, ChatStackOutputs } from "./components/chat-backend";
export { OllamaChatStack } from "./components/ollama-chat-stack";
export { OllamaRagStack } from "./components/ollama-rag-stack";
export type { OllamaAddress, OllamaBackend } from "./components/ollama-server";
export type { OllamaRagStackArgs, RagIndexArgs, RagReadinessArgs, RagTransforms } from "./components/rag-args";
export type { LogArgs, RunningArgs } from "./components/running";
export type { Transforms } from "./components/transforms";
export { RestoreOnDelete, SettingMode, SettingScope } from "./providers/cluster-setting/inputs";
export { ClusterSetting, type ClusterSettingArgs } from "./providers/cluster-setting/resource";
export { ChatApi } from "./providers/connector/chat-api";
export { ConnectorProtocol, RetryBackoffPolicy } from "./providers/connector/inputs";
export {
  type ConnectorPresetInputs,
  type OpenAiPreset,
  ollamaChat,
  ollamaEmbedding,
  ollamaGenerate,
  openAiChat,
  type PresetInputs,
  trustedEndpointRegex,
} from "./providers/connector/preset-inputs";
export type { ConnectorPreset, OllamaPresetArgs, OpenAiPresetArgs } from "./providers/connector/presets";
export { promptText } from "./providers/connector/prompt-text";
export { Connector, type ConnectorArgs } from "./providers/connector/resource";
export {
  type ContainerClusterArgs,
  ContainerHealth,
  type ContainerHealthArgs,
} from "./providers/container-health/resource";
export type { Probe } from "./providers/deployed-model/inputs";
export { DeployedModel, type DeployedModelArgs } from "./providers/deployed-model/resource";
export { AccessMode } from "./providers/model-group/inputs";
export { ModelGroup, type ModelGroupArgs } from "./providers/model-group/resource";
export { OllamaModel, type OllamaModelArgs } from "./providers/ollama-model/resource";
export { SpaceType, type VectorField, VectorSearch } from "./providers/search-index/inputs";
export { SearchIndex, type SearchIndexArgs } from "./providers/search-index/resource";
export { SecurityPassword, type SecurityPasswordArgs } from "./providers/security-password/resource";
export type { IndexPermission, TenantPermission } from "./providers/security-role/inputs";
export { SecurityRole, type SecurityRoleArgs } from "./providers/security-role/resource";
export { MappingMode } from "./providers/security-role-mapping/inputs";
export { SecurityRoleMapping, type SecurityRoleMappingArgs } from "./providers/security-role-mapping/resource";
export { SecurityUser, type SecurityUserArgs } from "./providers/security-user/resource";
export { AwsService } from "./providers/shared/connection";
export type { AwsSigningArgs, ConnectionArgs } from "./providers/shared/connection-args";
export type { DockerTls } from "./providers/shared/docker-address";
export type { OllamaAuth } from "./providers/shared/ollama-auth";
export type { OllamaAuthArgs } from "./providers/shared/ollama-auth-args";
export type { Timeouts } from "./providers/shared/timeouts";
export { type TlsAuthorityArgs, TlsCertificate, type TlsCertificateArgs } from "./providers/tls-certificate/resource";
