import { sentence, valueWithoutCredentials } from "../shared/checking";
import { ProgramError } from "../shared/program-error";
import { javaSyntaxProblem } from "./java-syntax";

/**
 * Limits of the server's validator for trusted endpoints since 3.7: 256 characters, no nested quantifiers, no
 * back-references.
 */
export const LONGEST_REGEX = 256;

/**
 * A regex that matches exactly one URL, for `plugins.ml_commons.trusted_connector_endpoints_regex`. Anchored, with all
 * special characters escaped. The server matches an entry against the whole URL, so a prefix is not enough.
 *
 * @example
 * ```ts
 * trustedEndpointRegex("http://ollama:11434/api/chat"); // ^http://ollama:11434/api/chat$
 * ```
 */
export function trustedEndpointRegex(url: string): string {
  if (typeof url !== "string") throw new ProgramError(sentence(["url"], url, "must be a URL of a model server"));
  const regex = `^${url.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`;
  if (regex.length <= LONGEST_REGEX) return regex;
  throw new ProgramError(
    `The URL ${valueWithoutCredentials(url)} makes a trust regex of ${regex.length} characters; the server takes ${LONGEST_REGEX} at most.`,
  );
}

/**
 * Why an entry is no valid Java regex, or `undefined`. Servers before 3.7 only notice when the next connector is
 * created.
 */
export function regexSyntaxProblem(entry: string): string | undefined {
  const reason = javaSyntaxProblem(entry);
  return reason === undefined
    ? undefined
    : `must be a regular expression (${reason}); trustedEndpointRegex(url) makes one`;
}
