import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    opensearchBroker: string;
  }
}

/** `plain` has neither users nor TLS; `secured` has both. */
export type ServerKind = "plain" | "secured";

/** The password of `admin` on the secured server. */
export const ADMIN_PASSWORD = "Quiet-Harbour-4417";

export interface ServerAddress {
  readonly endpoint: string;
  /** PEM of the authority that signed its certificate. */
  readonly caCertificate?: string;
}

/** The address of one of the shared servers; started when it is asked for first. */
export async function sharedServer(kind: ServerKind): Promise<ServerAddress> {
  const response = await fetch(`${inject("opensearchBroker")}/${kind}`);
  const body = (await response.json()) as ServerAddress & { error?: string };
  if (!response.ok) throw new Error(body.error);
  return body;
}
