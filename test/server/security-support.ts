import type { Connection } from "../../providers/shared/connection";
import { urn, type World } from "./lifecycle-support";

export const SECURITY = "/_plugins/_security/api";

type Named = Record<string, { description?: string; reserved?: boolean; static?: boolean }>;

/** Takes away the users, roles and mappings that tests made: their names begin with `t-`, or they carry a mark. */
export async function forgetUsers(world: World): Promise<void> {
  for (const kind of ["internalusers", "rolesmapping", "roles"]) {
    const found = (await world.api("GET", `${SECURITY}/${kind}`)) as Named;
    const ours = Object.entries(found).filter(([name, { description = "" }]) =>
      /^t-|\(Pulumi /.test(name + description),
    );
    for (const [name] of ours) await world.api("DELETE", `${SECURITY}/${kind}/${encodeURIComponent(name)}`);
  }
}

/** What the server shows of one object. */
export async function shown(world: World, kind: string, name: string): Promise<Record<string, unknown>> {
  return ((await world.api("GET", `${SECURITY}/${kind}/${name}`))[name] ?? {}) as Record<string, unknown>;
}

/** What anybody with this password is to the server: his roles, or that he is nobody. */
export async function rolesOf(connection: Connection, username: string, password: string): Promise<unknown> {
  const response = await fetch(`${connection.endpoint}/_plugins/_security/authinfo`, {
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
  });
  return response.ok ? ((await response.json()) as { roles: string[] }).roles.sort() : response.status;
}

export function owned(world: World, type: string, name: string, more: object = {}) {
  return { connection: world.connection, owner: urn(type, name), ...more };
}

/** A connection as another user, which is another client. */
export function as(connection: Connection, username: string, password: string): Connection {
  return { ...connection, username, password };
}
