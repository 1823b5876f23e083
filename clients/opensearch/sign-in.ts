import { ServerError } from "../errors";
import type { Deadline } from "../wait";
import { anyObject } from "./answers";
import { type Connection, openSearch } from "./connect";

/** Whether a user can sign in with this password. Ignores the connection's own credentials. */
export async function canSignIn(
  { clientCertificate: _certificate, clientKey: _key, passwordEnv: _variable, ...connection }: Connection,
  username: string,
  password: string,
  deadline: Deadline,
): Promise<boolean> {
  const server = openSearch({ ...connection, username }, password);
  try {
    const path = "/_plugins/_security/authinfo";
    await server.call({ method: "GET", path, answer: anyObject, repeatable: true, retry: { deadline } });
    return true;
  } catch (error) {
    if (error instanceof ServerError && error.status === 401) return false;
    throw error;
  }
}
