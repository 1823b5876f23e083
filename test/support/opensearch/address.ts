/** `plain` has neither users nor TLS; `secured` has both. */
export type ServerKind = "plain" | "secured";

/** The password of `admin` on the secured server. */
export const ADMIN_PASSWORD = "Quiet-Harbour-4417";

export interface ServerAddress {
  readonly endpoint: string;
  /** PEM of the CA that signed its certificate. */
  readonly caCertificate?: string;
  /** Members of a connection that signs in as the secured server's administrator. */
  readonly administrator?: { readonly clientCertificate: string; readonly clientKey: string };
}
