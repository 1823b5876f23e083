import { inject } from "vitest";
import type { ServerAddress, ServerKind } from "./address";

declare module "vitest" {
  interface ProvidedContext {
    opensearchBroker: string;
  }
}

/** Address of a shared server. The first call starts it. */
export async function sharedServer(kind: ServerKind): Promise<ServerAddress> {
  const response = await fetch(`${inject("opensearchBroker")}/${kind}`);
  const body = (await response.json()) as ServerAddress & { error?: string };
  if (!response.ok) throw new Error(body.error);
  return body;
}
