import { z } from "zod";
import type { Connection } from "../../../clients/opensearch/connect";
import type { PlainConnection } from "../programs/world";
import { BareClient } from "./bare-client";

/** An OpenSearch to measure on. */
export interface Cluster {
  readonly connection: PlainConnection;
  /** The server's own, such as `3.6.0`; its ML Commons plugin is of the same release. */
  readonly version: string;
}

const rootAnswer = z.object({ version: z.object({ number: z.string() }) });

/** The version that a server gives of itself. */
export async function serverVersion(connection: Connection): Promise<string> {
  const bare = new BareClient(connection);
  try {
    return rootAnswer.parse(await bare.send("GET", "/")).version.number;
  } finally {
    bare.close();
  }
}
