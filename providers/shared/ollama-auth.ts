import { z } from "zod";
import { isUsername, usernameRule } from "./values";

export {
  authHeaders,
  authInUse,
  authSecrets,
  basicCredentials,
  OLLAMA_AUTH_VARIABLES,
  type OllamaAuth,
} from "../../clients/ollama/auth";

const tokenRule = "must be a token without blanks, in ASCII";
const valueRule = "must be a header's value: printable ASCII, without blanks around it";
const nameRule = "must be a header's name: letters, digits, - and _";
const headersRule = 'must be an object of texts, such as { "X-Api-Key": "…" }';

/** Set by the clients themselves. */
const TAKEN = ["accept", "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent"];
const takenRule = `must be another header: ${TAKEN.join(", ")} are set by the clients themselves`;

const headerName = z
  .string(nameRule)
  .regex(/^[\w-]{1,100}$/, nameRule)
  .refine((name) => !TAKEN.includes(name.toLowerCase()), takenRule);

/** Credentials of a connector have names without hyphens, so these names must differ in more than that. */
export function headerKey(name: string): string {
  return `header_${name.toLowerCase().replaceAll("-", "_")}`;
}

/** Validates an `OllamaAuth`. */
export const ollamaAuthSchema = z
  .strictObject(
    {
      token: z
        .string(tokenRule)
        .regex(/^[!-~]+$/, tokenRule)
        .optional(),
      username: z.string("must be text").min(1, "must not be empty").refine(isUsername, usernameRule).optional(),
      password: z.string("must be text").min(1, "must not be empty").optional(),
      headers: z
        .record(headerName, z.string(valueRule).regex(/^[!-~](?:[ -~]*[!-~])?$/, valueRule), headersRule)
        .refine((headers) => {
          const keys = Object.keys(headers).map(headerKey);
          return new Set(keys).size === keys.length;
        }, "must hold each header once, whatever its case, and - and _ count as one")
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? "Allowed: token, username, password, headers."
          : 'must be an object such as { token: "…" }',
    },
  )
  .refine(({ token, username }) => token === undefined || username === undefined, {
    path: ["token"],
    message: "give either token or username and password, not both",
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ["username"],
    message: "username and password go together",
  })
  .refine(
    ({ token, username, headers }) => {
      const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
      return (token === undefined && username === undefined) || !names.includes("authorization");
    },
    { path: ["headers"], message: "must not hold Authorization beside token or username" },
  );
