/** Printed in place of a secret. */
export const REDACTED = "[secret]";
const SECRET_NAME =
  /password|passwd|credential|secret|token|api[-_]?key|(?:private|client)[-_]?key|authorization|cookie/i;

/** Numbers of tokens, such as `maxTokens` or `max_completion_tokens`, are not secret. */
const TOKEN_COUNT = /(?:max|num|context)[a-z_]*tokens$/i;

/** Whether a value with this name is a secret, such as `x-api-key`. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !TOKEN_COUNT.test(name);

/** Query parameters that hold a secret, besides those that `SECRET_NAME` matches. */
const KEY_PARAMETER = /^(?:key|sig|signature|auth|code|pass|pwd)$/i;
const QUERY = /([?&;]|(?<![\w-])--)([\w.~%-]{1,60})=([^\s&;#"'\\)]+)/g;
const URL_TOKEN = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"<>]+)/gi;

/**
 * Removes what looks like a secret by its form alone: user and password in a URL, keys in its query, and values of
 * flags such as `--password=`.
 */
export function withoutCredentials(text: string): string {
  const users = text.includes("@")
    ? text.replaceAll(URL_TOKEN, (_, scheme: string, rest: string) => scheme + withoutUser(rest))
    : text;
  if (!users.includes("=")) return users;
  return users.replaceAll(QUERY, (whole, lead: string, name: string) => {
    const isSecret = isSecretName(name) || (lead !== "--" && KEY_PARAMETER.test(name));
    return isSecret ? `${lead}${name}=${REDACTED}` : whole;
  });
}

/** Text before a `:` that no port follows is a user name. The password after it may contain `/`, `?`, `#` and `@`. */
const USER_PREFIX = /^[^:/?#@[\]]*:(?!\d{1,5}(?:[/?#]|$))/;

function withoutUser(rest: string): string {
  const at = rest.lastIndexOf("@");
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  return at >= 0 && (authority.includes("@") || USER_PREFIX.test(rest)) ? REDACTED + rest.slice(at) : rest;
}

/** A user and part of a password, with the rest missing or cut off. */
const UNFINISHED_USER = /^([a-z][a-z0-9+.-]{0,30}:\/\/[^:/?#@[\]]*:)(?!\d{1,5}(?:[/?#]|[\s\p{C}]*$)|\$\{).+/isu;

/**
 * The same for a single value that may be meant as a URL. This also catches passwords with spaces or quotes, and
 * `user:password@host` without a scheme.
 */
export function valueWithoutCredentials(value: string): string {
  const at = value.lastIndexOf("@");
  if (at < 0) return withoutCredentials(value).replace(UNFINISHED_USER, `$1${REDACTED}`);
  const before = value.slice(0, Math.max(at, 0));
  // Excludes images by digest, and prose, where a space follows a colon.
  const isUser = /:(?!\s)/.test(before) && !/^@sha\d+:/.test(value.slice(at));
  if (!isUser) return withoutCredentials(value);
  const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(value)?.[0] ?? "";
  return withoutCredentials(`${scheme}${REDACTED}${value.slice(at)}`);
}

const VARIABLE_NAME = /^[A-Z_][A-Z0-9_]{0,60}$/;

/**
 * A variable's name for messages. A user may have given the password itself by mistake, and passwords are rarely all
 * capitals.
 */
export function shownVariable(name: string): string {
  return VARIABLE_NAME.test(name) ? name : REDACTED;
}
