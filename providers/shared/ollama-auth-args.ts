import * as pulumi from "@pulumi/pulumi";

/** What a gateway in front of Ollama asks for. Give `token`, or `username` and `password`, or neither; and any headers. */
export interface OllamaAuthArgs {
  /** Sent as `Authorization: Bearer …`; always encrypted in the state. */
  token?: pulumi.Input<string>;
  /** User for basic authentication. */
  username?: pulumi.Input<string>;
  /** Password of `username`; always encrypted in the state. */
  password?: pulumi.Input<string>;
  /** Further headers by name, such as `{ "X-Api-Key": "…" }`; their values are always encrypted in the state. */
  headers?: Record<string, pulumi.Input<string>>;
}

/** Marks the secrets in it. What is no such object passes through; the provider's check reports it. */
export function ollamaAuthInput(auth: pulumi.Input<OllamaAuthArgs>): pulumi.Input<OllamaAuthArgs> {
  const isAsync = pulumi.Output.isInstance(auth) || auth instanceof Promise;
  return isAsync ? pulumi.output(auth).apply(marked) : marked(auth);
}

function marked(auth: OllamaAuthArgs): OllamaAuthArgs {
  if (typeof auth !== "object" || auth === null) return auth;
  const secret = (value: pulumi.Input<string> | undefined) => (value === undefined ? undefined : pulumi.secret(value));
  const { token, password, headers } = auth;
  const isRecord = typeof headers === "object" && headers !== null;
  const secretHeaders = isRecord
    ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, pulumi.secret(value)]))
    : headers;
  return { ...auth, token: secret(token), password: secret(password), headers: secretHeaders };
}
