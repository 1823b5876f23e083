import { autoName } from "../shared/auto-name";

const FORBIDDEN = /[\s"*\\<|,>/?#:]/;
const MAX_BYTES = 255;

/** Whether the server accepts an index name (rules and messages seen on 3.4.0). */
export function isIndexName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || name !== name.toLowerCase()) return false;
  return !FORBIDDEN.test(name) && !/^[_\-+]/.test(name) && Buffer.byteLength(name, "utf8") <= MAX_BYTES;
}

/** Leaves room for suffixes that distinguish several indices of one resource. */
const MAX_BASE_LENGTH = 200;

/**
 * The name of an index if the program sets none: the resource's name in a valid form, and eight digits of the owner's
 * hash.
 */
export function autoIndexName(owner: string): string {
  const name = autoName(owner);
  const digits = name.slice(-8);
  const logical = name
    .slice(0, -9)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[_.-]+/, "");
  return `${logical.slice(0, MAX_BASE_LENGTH) || "index"}-${digits}`;
}
