import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError } from "../errors";
import type { ApiResponse } from "./request";
import type { Right, Route } from "./router";

/** A user of the emulator. Without `roles` everything is allowed (`all_access`). */
export interface EmulatorUser {
  name: string;
  password: string;
  /** Names of the security plugin's roles: `all_access`, `ml_full_access`, `ml_read_access`; others give no ML rights. */
  roles?: readonly string[];
}

/** Who asks. */
export interface User {
  readonly name: string;
  readonly roles: readonly string[];
  readonly backendRoles: readonly string[];
}

/** The answer to a request without valid credentials: plain text, not JSON, as the real server gives it. */
export const UNAUTHORIZED: ApiResponse = {
  status: 401,
  text: "Unauthorized",
  headers: { "WWW-Authenticate": 'Basic realm="OpenSearch Security"' },
};

/** Name and password of a Basic header. */
export function basicCredentials(header: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? "")?.[1];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The user with these credentials, compared in constant time. */
export function findUser(users: readonly EmulatorUser[], header: string | undefined): User | undefined {
  const given = basicCredentials(header);
  if (!given) return undefined;
  const found = users.find(({ name, password }) => same(`${name}:${password}`, `${given.name}:${given.password}`));
  return found && { name: found.name, roles: found.roles ?? ["all_access"], backendRoles: [] };
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const ALLOWED: Readonly<Record<Exclude<Right, "none">, readonly string[]>> = {
  read: ["all_access", "ml_full_access", "ml_read_access"],
  write: ["all_access", "ml_full_access"],
  admin: ["all_access"],
};

/** Refuses a user whose roles don't allow a route, in the security plugin's words. */
export function checkRights(route: Route, user: User | undefined): void {
  const right: Right = route.right ?? "none";
  if (!user || right === "none") return;
  if (user.roles.some((role) => ALLOWED[right].includes(role))) return;
  const who = `User [name=${user.name}, backend_roles=[${user.backendRoles.join(", ")}], requestedTenant=null]`;
  const reason = `no permissions for [${route.action ?? "cluster:monitor/main"}] and ${who}`;
  throw new ApiError(403, { type: "security_exception", reason });
}
