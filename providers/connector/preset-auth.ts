import { headerKey, type OllamaAuth } from "../shared/ollama-auth";

/** An `OllamaAuth` with values of another type, such as outputs. */
export type AuthOf<T> = { readonly [Name in Exclude<keyof OllamaAuth, "headers">]?: T } & {
  readonly headers?: Readonly<Record<string, T>>;
};

/** The headers of a connector's action. They name the secrets and hold none. */
export function authTemplates<T>({ token, username, headers }: AuthOf<T> = {}): Record<string, string> {
  const names = Object.keys(headers ?? {});
  const others = Object.fromEntries(names.map((name) => [name, placeholder(headerKey(name))]));
  if (token !== undefined) return { ...others, Authorization: `Bearer ${placeholder("token")}` };
  if (username !== undefined) return { ...others, Authorization: `Basic ${placeholder("basic")}` };
  return others;
}

/**
 * The connector's credential with these secrets; nothing if there is none.
 *
 * @param basic makes the credentials of basic authentication
 */
export function authCredential<T>(
  auth: AuthOf<T> | undefined,
  basic: (username: T, password: T) => T,
): { readonly credential?: Readonly<Record<string, T>> } {
  const { token, username, password, headers } = auth ?? {};
  const entries = Object.entries(headers ?? {}).map(([name, value]): [string, T] => [headerKey(name), value]);
  if (token !== undefined) entries.push(["token", token]);
  else if (username !== undefined && password !== undefined) entries.push(["basic", basic(username, password)]);
  return entries.length === 0 ? {} : { credential: Object.fromEntries(entries) };
}

function placeholder(name: string): string {
  return `\${credential.${name}}`;
}
