import { writeFileSync } from "node:fs";
import { vi } from "vitest";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { deployedModelLifecycle } from "../../../providers/deployed-model/lifecycle";
import { modelGroupLifecycle } from "../../../providers/model-group/lifecycle";
import { searchIndexLifecycle } from "../../../providers/search-index/lifecycle";
import { securityRoleLifecycle } from "../../../providers/security-role/lifecycle";
import { securityRoleMappingLifecycle } from "../../../providers/security-role-mapping/lifecycle";
import { securityUserLifecycle } from "../../../providers/security-user/lifecycle";
import type { Connection } from "../../../providers/shared/connection";
import { created, urn } from "../lifecycle-support";

const ORGANIZATION = "someone";
/** The backend of the stack. */
export const SERVICE = "https://api.pulumi.com";

/** The commands that doctor runs, on a stack of Pulumi's own service with these outputs and nothing cut off. */
export function pulumiDouble(folder: string): string {
  return `#!/bin/sh
case "$1 $2" in
  "stack output") cat '${folder}/outputs.json' ;;
  "stack export") cat '${folder}/state.json' ;;
  "stack --show-name") echo ${ORGANIZATION}/chat/dev ;;
esac
`;
}

/** What makes things on the cluster and keeps them in a state, with the lifecycles themselves. */
export class StackDouble {
  /** What the state knows. */
  readonly #known: { readonly urn: string; readonly id: string }[] = [];
  /** URNs of what a killed `pulumi` was creating. */
  readonly pending: string[] = [];
  #containers: readonly string[] = [];

  constructor(
    private readonly file: string,
    private readonly connection: Connection,
  ) {
    vi.stubEnv("PULUMI_BACKEND_URL", SERVICE);
  }

  stop(): void {
    vi.unstubAllEnvs();
  }

  /** Writes the state, also while the command runs. */
  save(containers = this.#containers): void {
    this.#containers = containers;
    const resources = [...this.#known, ...containers.map((id) => ({ id }))];
    const pending_operations = this.pending.map((each) => ({ type: "creating", resource: { urn: each } }));
    writeFileSync(this.file, JSON.stringify({ version: 3, deployment: { resources, pending_operations } }));
  }

  /** A run was killed before it saved that it had made these. */
  forget(...names: readonly string[]): void {
    const kept = this.#known.filter(({ urn: each }) => !names.some((name) => each.endsWith(`::${name}`)));
    this.#known.splice(0, this.#known.length, ...kept);
  }

  /** A resource that the state knows from somewhere else. */
  know(type: string, name: string): void {
    this.#known.push({ urn: urn(type, name), id: "known" });
  }

  async makeGroup(resource: string, name: string): Promise<string> {
    const owned = this.#owned("ModelGroup", resource);
    return this.#saved(owned, await created(modelGroupLifecycle, { ...owned, name }));
  }

  async makeConnector(resource: string, name: string, args: object): Promise<string> {
    const owned = this.#owned("Connector", resource);
    return this.#saved(owned, await created(connectorLifecycle, { ...owned, name, ...args }));
  }

  /** Deployed without being asked. */
  async makeModel(resource: string, name: string, modelGroupId: string, connectorId: string): Promise<string> {
    const owned = this.#owned("DeployedModel", resource);
    const model = { ...owned, name, modelGroupId, connectorId, probe: { enabled: false } };
    return this.#saved(owned, await created(deployedModelLifecycle, model));
  }

  async makeIndex(resource: string): Promise<string> {
    const owned = this.#owned("SearchIndex", resource);
    return this.#saved(owned, await created(searchIndexLifecycle, owned));
  }

  async makeRole(resource: string): Promise<string> {
    const owned = this.#owned("SecurityRole", resource);
    return this.#saved(
      owned,
      await created(securityRoleLifecycle, { ...owned, clusterPermissions: ["cluster_monitor"] }),
    );
  }

  async makeUser(resource: string, ...securityRoles: string[]): Promise<string> {
    const owned = this.#owned("SecurityUser", resource);
    return this.#saved(owned, await created(securityUserLifecycle, { ...owned, securityRoles }));
  }

  async makeMapping(resource: string, role: string): Promise<string> {
    const owned = this.#owned("SecurityRoleMapping", resource);
    return this.#saved(owned, await created(securityRoleMappingLifecycle, { ...owned, role, backendRoles: ["crew"] }));
  }

  /** Adds entries and flags, as `OllamaChatStack` does; for another stack where `more` names another owner. */
  async makeSetting(resource: string, settings: Record<string, unknown>, more: object = {}): Promise<string> {
    const owned = { ...this.#owned("ClusterSetting", resource), ...more };
    return this.#saved(owned, await created(clusterSettingLifecycle, { ...owned, mode: "contribute", settings }));
  }

  #owned(type: string, name: string) {
    return { connection: this.connection, owner: urn(type, name), ownerOrganization: ORGANIZATION };
  }

  #saved({ owner }: { readonly owner: string }, { id }: { readonly id: string }): string {
    this.#known.push({ urn: owner, id });
    return id;
  }
}
