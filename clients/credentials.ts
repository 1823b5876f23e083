const MARK = "[secret]";
const SECRET_NAME = /password|passwd|credential|secret|token|api[-_]?key|private[-_]?key|authorization|cookie/i;

/** Tokens that are counted, as in `maxTokens` or `max_completion_tokens`. */
const COUNTED = /(?:max|num|context)[a-z_]*tokens$/i;

/** Whether what goes by this name is a secret, such as `x-api-key`. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !COUNTED.test(name);

/** Names of a query's parameters that hold a key, beside those that say so themselves. */
const KEY_PARAMETER = /^(?:key|sig|signature|auth|code|pass|pwd)$/i;
const QUERY = /([?&;]|(?<![\w-])--)([\w.~%-]{1,60})=([^\s&;#"'\\)]+)/g;
const URL_TOKEN = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"<>]+)/gi;

/**
 * A text without what its form alone shows to be secret: user and password of a URL, keys in its query, and what a
 * flag such as `--password=` is given.
 */
export function withoutCredentials(text: string): string {
  const users = text.includes("@")
    ? text.replaceAll(URL_TOKEN, (_, scheme: string, rest: string) => scheme + withoutUser(rest))
    : text;
  if (!users.includes("=")) return users;
  return users.replaceAll(QUERY, (whole, lead: string, name: string) => {
    const isSecret = isSecretName(name) || (lead !== "--" && KEY_PARAMETER.test(name));
    return isSecret ? `${lead}${name}=${MARK}` : whole;
  });
}

/** What stands before a `:` that no port follows is a user, and its password may hold `/`, `?`, `#` and `@`. */
const USER_FIRST = /^[^:/?#@[\]]*:(?!\d{1,5}(?:[/?#]|$))/;

function withoutUser(rest: string): string {
  const at = rest.lastIndexOf("@");
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  return at >= 0 && (authority.includes("@") || USER_FIRST.test(rest)) ? MARK + rest.slice(at) : rest;
}

/** A user and the beginning of a password, where somebody forgot the rest, or the value was cut. */
const NO_HOST = /^([a-z][a-z0-9+.-]{0,30}:\/\/[^:/?#@[\]]*:)(?!\d{1,5}(?:[/?#]|[\s\p{C}]*$)|\$\{).+/isu;

/**
 * The same for one value that somebody gave, which may be meant as a URL: there also a password with blanks or quotes,
 * and one without a scheme before it, as in `user:password@host`.
 */
export function valueWithoutCredentials(value: string): string {
  const at = value.lastIndexOf("@");
  if (at < 0) return withoutCredentials(value).replace(NO_HOST, `$1${MARK}`);
  const before = value.slice(0, Math.max(at, 0));
  // Not an image by its digest, and no prose: there a blank follows a colon.
  const isUser = /:(?!\s)/.test(before) && !/^@sha\d+:/.test(value.slice(at));
  if (!isUser) return withoutCredentials(value);
  const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.exec(value)?.[0] ?? "";
  return withoutCredentials(`${scheme}${MARK}${value.slice(at)}`);
}

const VARIABLE_NAME = /^[A-Z_][A-Z0-9_]{0,60}$/;

/** A variable's name for a message: who confuses the two gives the password itself, and that is seldom in capitals. */
export function shownVariable(name: string): string {
  return VARIABLE_NAME.test(name) ? name : MARK;
}
