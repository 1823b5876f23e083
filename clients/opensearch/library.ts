import { createRequire } from "node:module";
import type * as library from "@opensearch-project/opensearch";

const load = createRequire(__filename);

/**
 * The official client, loaded when a cluster is first spoken to: its 546 modules cost 40 ms and 10 MB, which an update
 * that changes nothing need not pay.
 */
export function openSearchLibrary(): typeof library {
  return load("@opensearch-project/opensearch") as typeof library;
}
