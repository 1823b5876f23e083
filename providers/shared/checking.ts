import type { z } from "zod";
import { isSecretName, valueWithoutCredentials } from "../../clients/credentials";
import type { CheckFailure } from "./lifecycle";
import { isUnknown } from "./unknown";

export { isSecretName, valueWithoutCredentials };

/**
 * Validates a resource's inputs. Unknown values, as in previews, pass. Each failure gives the property's path, its
 * value (secrets are masked), and what is allowed.
 */
export function checkWith(schema: z.ZodType, news: unknown): CheckFailure[] {
  const broken = loneSurrogates(news);
  if (broken.length > 0) return firstFailures(broken);
  const parsed = schema.safeParse(news);
  if (parsed.success) return [];
  const seen = new Set<string>();
  const failures = parsed.error.issues
    .flatMap(flatten)
    .filter((issue) => isFirstOfItsPath(issue, seen))
    .flatMap((issue) => {
      const path = issue.path.map(String);
      const found = lookUp(news, path);
      if (found.unknown) return [];
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => ({
          property: path[0] ?? key,
          reason: `${[...path, key].join(".")} is not an input. ${issue.message}`,
        }));
      }
      return [{ property: path[0] ?? "", reason: sentence(path, found.value, issue.message) }];
    });
  return firstFailures(failures);
}

/** A lone surrogate cannot be sent in a request, and encoding it only fails with "URI malformed". */
const LONE_SURROGATE = /\p{Surrogate}/u;
const surrogateRule = "must not hold half of a surrogate pair";

function loneSurrogates(value: unknown, path: readonly string[] = []): CheckFailure[] {
  if (typeof value === "string") {
    return LONE_SURROGATE.test(value)
      ? [{ property: path[0] ?? "", reason: sentence(path, value, surrogateRule) }]
      : [];
  }
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (!LONE_SURROGATE.test(key)) return loneSurrogates(member, [...path, key]);
    const name = [...path, JSON.stringify(key)].join(".");
    return [{ property: path[0] ?? key, reason: `${name} is not a valid name: ${surrogateRule}` }];
  });
}

/** Whether a value is a list or a plain object. Others, such as outputs, are not searched. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

const MOST_FAILURES = 20;

/** The first failures, and a line with the number of the others. */
export function firstFailures(failures: readonly CheckFailure[]): CheckFailure[] {
  const more = failures.length - MOST_FAILURES;
  const shown = failures.slice(0, MOST_FAILURES);
  return more > 0 ? [...shown, { property: shown[0]?.property ?? "", reason: `and ${more} more` }] : shown;
}

/** Keeps one failure per value: an empty name need not also be reported as having no letters. */
function isFirstOfItsPath(issue: z.core.$ZodIssue, seen: Set<string>): boolean {
  const path = issue.path.join(".");
  if (seen.has(path)) return false;
  seen.add(path);
  return true;
}

/** A failure such as `connection.endpoint is "foo": must start with …`. Secret values are masked. */
export function sentence(path: readonly string[], value: unknown, rule: string): string {
  const name = path.join(".");
  if (value === undefined) return `${name} is missing: ${rule}`;
  return `${name} is ${shown(path, value)}: ${rule}`;
}

function shown(path: readonly string[], value: unknown): string {
  if (path.some(isSecretName)) return value === "" ? "empty" : "[secret]";
  if (typeof value === "string" && /username$/i.test(path.at(-1) ?? ""))
    return JSON.stringify(value.replace(/:.*/s, ":[secret]"));
  if (path.includes(SECRET_OBJECT)) return "[secret]";
  const whole = written(value).replaceAll(
    INVISIBLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return whole.length > LONGEST_SHOWN ? `${whole.slice(0, LONGEST_SHOWN - 3)}...` : whole;
}

/** Headers of any name may be secrets in an `OllamaAuth`. */
const SECRET_OBJECT = "auth";
const LONGEST_SHOWN = 120;
/**
 * Invisible characters, unusual spaces and direction marks. Shown as escapes, since they may be why a value is refused.
 */
const INVISIBLE = /[\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

function written(value: unknown): string {
  // JSON cannot represent NaN and Infinity.
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value, masked) ?? String(value);
  } catch {
    return "a value that contains itself";
  }
}

/** Masks secret members. Runs before long values are shortened, since the rest may be what identifies a password. */
function masked(key: string, member: unknown): unknown {
  if (isSecretName(key) && member !== undefined) return "[secret]";
  if (typeof member === "string") return valueWithoutCredentials(member);
  return typeof member === "bigint" || (typeof member === "number" && !Number.isFinite(member))
    ? String(member)
    : member;
}

function lookUp(root: unknown, path: readonly string[]): { unknown: boolean; value: unknown } {
  let value = root;
  for (const part of path) {
    if (isUnknown(value)) return { unknown: true, value };
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  return { unknown: isUnknown(value), value };
}

/** For an invalid key, its own issues. For a union without a match, the issues of the branch that matched deepest. */
function flatten(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === "invalid_key") return issue.issues.map((inner) => ({ ...inner, path: issue.path }));
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  if (issue.message && issue.message !== "Invalid input") return [issue];
  const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
  return deepest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}
