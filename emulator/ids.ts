import { randomBytes } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/**
 * A new id, 20 characters as the server's own. Without `-`, unless a shared word is asked for: the server's check "is
 * this connector in use" compares ids word by word, cut at `-`, so ids with a word in common count as the same.
 */
export function newId(sharedWord?: string): string {
  return sharedWord === undefined ? randomText(20) : `${randomText(8)}-${sharedWord}-${randomText(8)}`;
}

/** A UUID in the short form OpenSearch prints for indices, nodes and clusters: 22 characters. */
export function newUuid(): string {
  return randomText(22);
}

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
