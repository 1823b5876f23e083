import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ollamaModelLifecycle } from "../../../../providers/ollama-model/lifecycle";
import { authHeaders, authInUse, authSecrets, type OllamaAuth } from "../../../../providers/shared/ollama-auth";
import { ollamaAuthInput } from "../../../../providers/shared/ollama-auth-args";

const reasons = (auth: unknown) =>
  ollamaModelLifecycle
    .check({ endpoint: "https://gw.example.com/ollama", model: "m", auth }, {})
    .failures.map(({ reason }) => reason);

describe("what a gateway asks for", () => {
  it.each<[OllamaAuth | undefined, Record<string, string>]>([
    [undefined, {}],
    [{}, {}],
    [{ token: "t-1" }, { Authorization: "Bearer t-1" }],
    [{ username: "ada", password: "p:w" }, { Authorization: "Basic YWRhOnA6dw==" }],
    [{ headers: { "X-Api-Key": "k" } }, { "X-Api-Key": "k" }],
    [
      { token: "t", headers: { "X-Team": "a" } },
      { "X-Team": "a", Authorization: "Bearer t" },
    ],
  ])("%j is sent as %j", (auth, headers) => {
    expect(authHeaders(auth)).toStrictEqual(headers);
    expect(reasons(auth)).toStrictEqual([]);
  });

  it.each([
    ["a token", 'auth is [secret]: must be an object such as { token: "…" }'],
    [{ bearer: "x" }, "auth.bearer is not an input. Allowed: token, username, password, headers."],
    [{ token: "two words" }, "auth.token is [secret]: must be a token without blanks, in ASCII"],
    [{ token: "" }, "auth.token is empty: must be a token without blanks, in ASCII"],
    [
      { username: "ada:pw", password: "x" },
      'auth.username is "ada:[secret]": must be the user alone, without a colon; the password is a separate input',
    ],
    [{ username: "ada" }, 'auth.username is "ada": username and password go together'],
    [{ password: "p-1" }, "auth.username is missing: username and password go together"],
    [
      { token: "t", username: "ada", password: "x" },
      "auth.token is [secret]: give either token or username and password, not both",
    ],
    [
      { token: "t", headers: { authorization: "x" } },
      "auth.headers is [secret]: must not hold Authorization beside token or username",
    ],
    [{ headers: "X-Key: 1" }, 'auth.headers is [secret]: must be an object of texts, such as { "X-Api-Key": "…" }'],
    [
      { headers: { "X Key": "1" } },
      "auth.headers.X Key is [secret]: must be a header's name: letters, digits, - and _",
    ],
    [
      { headers: { Host: "h.example" } },
      "auth.headers.Host is [secret]: must be another header: accept, connection, content-length, content-type, host, transfer-encoding, user-agent are set by the clients themselves",
    ],
    [
      { headers: { "X-Key": "a\r\nb" } },
      "auth.headers.X-Key is [secret]: must be a header's value: printable ASCII, without blanks around it",
    ],
    [
      { headers: { "X-Key": "1", x_key: "2" } },
      "auth.headers is [secret]: must hold each header once, whatever its case, and - and _ count as one",
    ],
  ])("%j is refused", (auth, reason) => {
    expect(reasons(auth)).toStrictEqual([reason]);
  });

  it("is overridden in the provider by the variables, but only where the program gives such a secret", () => {
    const environment = { OLLAMA_CHAT_OLLAMA_TOKEN: "new", OLLAMA_CHAT_OLLAMA_PASSWORD: "newer" };
    expect(authInUse({ token: "old" }, environment)).toStrictEqual({ token: "new" });
    const basic = { username: "ada", password: "old" };
    expect(authInUse(basic, environment)).toStrictEqual({ ...basic, password: "newer" });
    expect(authInUse({ headers: { "X-Key": "1" } }, environment)).toStrictEqual({ headers: { "X-Key": "1" } });
    expect(authInUse(undefined, environment)).toBeUndefined();
    expect(authInUse({ token: "old" }, {})).toStrictEqual({ token: "old" });
  });

  it("is redacted: token, password, the pair as basic authentication sends it, each header's value", () => {
    const auth = { username: "ada", password: "p-1", headers: { "X-Key": "k-1" } };
    expect(authSecrets(auth).filter(Boolean)).toStrictEqual(["p-1", "ada:p-1", "k-1"]);
    expect(authSecrets({ token: "t-1" }).filter(Boolean)).toStrictEqual(["t-1"]);
  });

  it("is encrypted in the state, except the user's name, given plain or as an output", async () => {
    const given = { username: "ada", password: "p", headers: { "X-Key": "k" } };
    for (const auth of [given, pulumi.output(given)]) {
      const { username, password, headers } = (await promised(ollamaAuthInput(auth))) as Record<string, unknown>;
      expect([username, headers]).toStrictEqual(["ada", { "X-Key": "k" }]);
      expect(password).toBe("p");
    }
    const { username, password, headers } = ollamaAuthInput(given) as Record<string, unknown>;
    expect(username).toBe("ada");
    const secrets = [password, (headers as Record<string, unknown>)["X-Key"]];
    expect(await Promise.all(secrets.map((one) => pulumi.isSecret(one as pulumi.Output<string>)))).toEqual([
      true,
      true,
    ]);
  });
});

const promised = <T>(value: pulumi.Input<T>) =>
  new Promise<unknown>((resolve) => pulumi.output(value).apply((known) => resolve(known)));
