import { randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/**
 * A new id, 20 characters as the server's own. Without `-`: the server's check "is this connector in use" compares ids
 * word by word, cut at `-`, and a word shared by chance would make a test fail now and then.
 */
export function newId(): string {
  return randomText(20);
}

/** A UUID in the short form OpenSearch prints for indices, nodes and clusters: 22 characters. */
export function newUuid(): string {
  return randomText(22);
}

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
