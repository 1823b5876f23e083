import { webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";

export type X509Library = typeof X509;

/**
 * The certificate library, using Node's own cryptography. It is loaded on first use, the only such import: it takes 100
 * ms, and every preview loads this file, where no certificate is needed.
 */
export async function x509(): Promise<X509Library> {
  // The library's dependency injection needs this polyfill to be loaded first.
  await import("reflect-metadata");
  const library = await import("@peculiar/x509");
  library.cryptoProvider.set(webcrypto);
  return library;
}

/** ECDSA on P-256: supported by every TLS client since TLS 1.2, and generated in a millisecond. */
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
export const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

export async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

/** PKCS#8 PEM of a private key. */
export async function keyPem(library: X509Library, key: webcrypto.CryptoKey): Promise<string> {
  return `${library.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

export async function keyFromPem(library: X509Library, pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = library.PemConverter.decode(pem);
  if (der === undefined) throw new Error("the key is not PEM text");
  return await webcrypto.subtle.importKey("pkcs8", der, KEY_ALGORITHM, false, ["sign"]);
}

/** Whether a public and a private key belong together. */
export async function isPair(publicKey: webcrypto.CryptoKey, privateKey: webcrypto.CryptoKey): Promise<boolean> {
  const text = Buffer.from("any");
  const signature = await webcrypto.subtle.sign(SIGNATURE, privateKey, text);
  return await webcrypto.subtle.verify(SIGNATURE, publicKey, signature, text);
}

/** A positive random serial number of 127 bits, in hex (RFC 5280 allows 20 octets). */
export function serialNumber(): string {
  const octets = webcrypto.getRandomValues(new Uint8Array(16));
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(octets).toString("hex");
}
