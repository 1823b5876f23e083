/** What a gateway in front of Ollama asks for. Ollama itself asks for nothing. */
export interface OllamaAuth {
  /** Sent as a bearer token. */
  readonly token?: string;
  /** User for basic authentication. */
  readonly username?: string;
  /** Password of `username`. */
  readonly password?: string;
  /** Further headers by name, such as `{ "X-Api-Key": "…" }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Variables with the same. In the provider, the first and the third override what is stored. */
export const OLLAMA_AUTH_VARIABLES = {
  token: "OLLAMA_CHAT_OLLAMA_TOKEN",
  username: "OLLAMA_CHAT_OLLAMA_USERNAME",
  password: "OLLAMA_CHAT_OLLAMA_PASSWORD",
  headers: "OLLAMA_CHAT_OLLAMA_HEADERS",
} as const satisfies Record<keyof OllamaAuth, string>;

/** The headers of a request to Ollama through the gateway. */
export function authHeaders({ token, username, password = "", headers = {} }: OllamaAuth = {}): Record<string, string> {
  if (token !== undefined) return { ...headers, Authorization: `Bearer ${token}` };
  if (username !== undefined) return { ...headers, Authorization: `Basic ${basicCredentials(username, password)}` };
  return { ...headers };
}

/** User and password as the header of basic authentication holds them. */
export function basicCredentials(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, "utf8").toString("base64");
}

/** Replaces a stored token or password by the one in the environment, for when it was changed outside of Pulumi. */
export function authInUse(auth: OllamaAuth | undefined, environment = process.env): OllamaAuth | undefined {
  const token = environment[OLLAMA_AUTH_VARIABLES.token];
  const password = environment[OLLAMA_AUTH_VARIABLES.password];
  if (auth === undefined) return undefined;
  return {
    ...auth,
    ...(auth.token !== undefined && token ? { token } : {}),
    ...(auth.password !== undefined && password ? { password } : {}),
  };
}

/** The secrets in it, for redaction. */
export function authSecrets(auth: OllamaAuth = {}): (string | undefined)[] {
  const { token, username, password, headers } = auth;
  const pair = password === undefined ? undefined : `${username}:${password}`;
  return [token, password, pair, ...Object.values(headers ?? {})];
}
