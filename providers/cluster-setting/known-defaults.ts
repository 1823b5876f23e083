import { shortHash } from "../shared/canonical";

/**
 * Lists that are some version's default, by key and hash. The server shows a default only while the key is not set, so
 * a contributor that came second cannot see it; with this it still leaves the key unset behind.
 * Seen on 3.4.0 and 3.6.0; the others are from `MLCommonsSettings.java` of each release.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "plugins.ml_commons.trusted_connector_endpoints_regex": [
    "78ebb0db46406864", // 2.11 to 2.15
    "a743c9eda2f2967a", // 2.16, 2.17.0
    "ab433bf4e7ec6426", // 2.17.1
    "53b8f6cd70a062f2", // 2.18
    "c162927dd0aea94f", // 2.19 to 3.4
    "4b3546287ba37222", // 3.5 to 3.8
  ],
};

export function isKnownDefault(key: string, list: readonly string[]): boolean {
  return KNOWN[key]?.includes(shortHash(list)) === true;
}
