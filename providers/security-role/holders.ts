import { getSecurityObject, listSecurityObjects } from "../../clients/opensearch/security";
import { MAPPINGS, USERS } from "../../clients/opensearch/security-kinds";
import type { OpenSearchServer } from "../../clients/opensearch/server";

/** Who has a role, by mapping or directly: `the user ann`, `the backend role readers`. */
export async function holdersOf(server: OpenSearchServer, role: string): Promise<string[]> {
  const mapping = await getSecurityObject(server, MAPPINGS, role);
  const { users = [], backendRoles = [], andBackendRoles = [], hosts = [] } = mapping ?? {};
  const all = Object.entries(await listSecurityObjects(server, USERS));
  const direct = all.filter(([, user]) => user.securityRoles.includes(role));
  const holders = [
    ...[...users, ...direct.map(([name]) => name)].map((name) => `the user ${name}`),
    ...[...backendRoles, ...andBackendRoles].map((name) => `the backend role ${name}`),
    ...hosts.map((name) => `the host ${name}`),
  ];
  return [...new Set(holders)];
}
