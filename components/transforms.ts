import type * as docker from "@pulumi/docker";
import type { ClusterSettingArgs } from "../providers/cluster-setting/resource";
import type { ConnectorArgs } from "../providers/connector/resource";
import type { ContainerHealthArgs } from "../providers/container-health/resource";
import type { DeployedModelArgs } from "../providers/deployed-model/resource";
import type { ModelGroupArgs } from "../providers/model-group/resource";
import type { OllamaModelArgs } from "../providers/ollama-model/resource";
import type { SecurityPasswordArgs } from "../providers/security-password/resource";
import type { SecurityRoleArgs } from "../providers/security-role/resource";
import type { SecurityUserArgs } from "../providers/security-user/resource";
import type { TlsCertificateArgs } from "../providers/tls-certificate/resource";

/** Hooks that change a child's arguments just before it is created, for settings without an argument of their own. */
export interface Transforms {
  /** Each Docker network: one, or two if the servers have different Dockers. */
  network?: (args: docker.NetworkArgs) => docker.NetworkArgs;
  /** Each Docker volume. */
  volume?: (args: docker.VolumeArgs) => docker.VolumeArgs;
  /** The container of the proxy before several Ollamas. */
  ollamaProxyContainer?: (args: docker.ContainerArgs) => docker.ContainerArgs;
  /** Each container of Ollama. */
  ollamaContainer?: (args: docker.ContainerArgs) => docker.ContainerArgs;
  /** The container of each node of OpenSearch. */
  openSearchContainer?: (args: docker.ContainerArgs) => docker.ContainerArgs;
  /** The wait for each container. */
  containerHealth?: (args: ContainerHealthArgs) => ContainerHealthArgs;
  /** The certificate of each node of OpenSearch. */
  tlsCertificate?: (args: TlsCertificateArgs) => TlsCertificateArgs;
  /** The certificate by which the stack may change the password of `admin`. */
  adminCertificate?: (args: TlsCertificateArgs) => TlsCertificateArgs;
  /** The password of `admin`. */
  adminPassword?: (args: SecurityPasswordArgs) => SecurityPasswordArgs;
  /** Each model in Ollama. */
  ollamaModel?: (args: OllamaModelArgs) => OllamaModelArgs;
  /** The cluster settings. */
  clusterSetting?: (args: ClusterSettingArgs) => ClusterSettingArgs;
  /** The model group. */
  modelGroup?: (args: ModelGroupArgs) => ModelGroupArgs;
  /** The connector of each chat model; `alias` says of which, empty for a `model` that is an output. */
  connector?: (args: ConnectorArgs, alias: string) => ConnectorArgs;
  /** The role of the user who may only ask. */
  predictRole?: (args: SecurityRoleArgs) => SecurityRoleArgs;
  /** The user who may only ask. */
  predictUser?: (args: SecurityUserArgs) => SecurityUserArgs;
  /** Each deployed chat model; `alias` says which. */
  deployedModel?: (args: DeployedModelArgs, alias: string) => DeployedModelArgs;
}
