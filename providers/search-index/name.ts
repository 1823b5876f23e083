import { autoName } from "../shared/auto-name";

const FORBIDDEN = /[\s"*\\<|,>/?#:]/;
const MOST_BYTES = 255;

/** What the server takes for an index (rules and texts seen on 3.4.0). */
export function isIndexName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || name !== name.toLowerCase()) return false;
  return !FORBIDDEN.test(name) && !/^[_\-+]/.test(name) && Buffer.byteLength(name, "utf8") <= MOST_BYTES;
}

/** Leaves room for what tells several indices of one resource apart. */
const MOST_OF_A_NAME = 200;

/** A name for an index when the program gives none: the resource's, made fit, and eight digits of its owner. */
export function autoIndexName(owner: string): string {
  const name = autoName(owner);
  const digits = name.slice(-8);
  const logical = name
    .slice(0, -9)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[_.-]+/, "");
  return `${logical.slice(0, MOST_OF_A_NAME) || "index"}-${digits}`;
}
