import { createHash } from "node:crypto";
import type { ApiResponse } from "../http/request";
import type { User } from "../http/security";
import { isRecord } from "../index/mapping";
import type { UpstreamAnswer, UpstreamConnection } from "./connection";

/** How long a login is trusted without asking again: short, so that a changed password is noticed. */
const TRUST_MS = 2000;
const MOST_LOGINS = 500;

export type Login = { user: User | undefined } | { refusal: ApiResponse };

interface Remembered {
  readonly login: Promise<Login>;
  readonly until: number;
}

/** Lets the real server decide who somebody is, with the caller's own Authorization header. */
export class UpstreamAuthentication {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly connection: UpstreamConnection) {}

  async login(authorization: string | undefined): Promise<Login> {
    const key = createHash("sha256")
      .update(authorization ?? "")
      .digest("hex");
    const known = this.remembered.get(key);
    if (known && known.until > Date.now()) return known.login;
    this.remembered.delete(key);
    const login = this.ask(authorization);
    this.remember(key, login);
    try {
      const result = await login;
      // Refusals are asked for again each time: the user may have been made by now.
      if ("refusal" in result) this.remembered.delete(key);
      return result;
    } catch (error) {
      this.remembered.delete(key);
      throw error;
    }
  }

  /** Forgets all logins: users, roles or passwords may have changed. */
  forget(): void {
    this.remembered.clear();
  }

  private remember(key: string, login: Promise<Login>): void {
    if (this.remembered.size >= MOST_LOGINS) this.remembered.clear();
    this.remembered.set(key, { login, until: Date.now() + TRUST_MS });
  }

  private async ask(authorization: string | undefined): Promise<Login> {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await this.connection.fetch({ method: "GET", uri: "/_plugins/_security/authinfo", headers });
    if (answer.status === 200) return { user: readUser(answer) };
    if (answer.status === 400 && answer.body.includes("no handler found")) return { user: undefined };
    return { refusal: relay(answer) };
  }
}

function readUser({ body }: UpstreamAnswer): User {
  const info: unknown = JSON.parse(body.toString("utf8"));
  const { user_name, roles, backend_roles } = isRecord(info) ? info : {};
  return { name: String(user_name), roles: texts(roles), backendRoles: texts(backend_roles) };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** An answer of the real server, passed on as it is. */
export function relay({ status, headers, body }: UpstreamAnswer): ApiResponse {
  const kept: Record<string, string> = {};
  for (const name of ["content-type", "www-authenticate", "retry-after"]) {
    const value = headers[name];
    if (typeof value === "string") kept[name === "content-type" ? "Content-Type" : name] = value;
  }
  return { status, text: body.toString("utf8"), headers: kept };
}
