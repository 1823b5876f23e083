import { shortHash } from "../canonical";

/**
 * Lists that are some version's default, by key and hash. The server shows a default only while the key is not set, so
 * a contributor that came second cannot see it; with this it still leaves the key unset behind.
 * Recorded from 3.4.0: the eleven cloud vendors.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": ["c162927dd0aea94f"],
};

export function isKnownDefault(key: string, list: readonly string[]): boolean {
  return KNOWN[key]?.includes(shortHash(list)) === true;
}
