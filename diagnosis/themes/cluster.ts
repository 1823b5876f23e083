import type { Symptom } from "../symptom";

/** The OpenSearch cluster: settings, rights, disk, plugins. */
export const CLUSTER: readonly Symptom[] = [
  {
    id: "setting-unknown",
    shows: "setting [plugins.ml_commons...], not recognized",
    match: /setting \[[^\]]*\],? not recognized/,
    cause: "This version of OpenSearch, or of its plugins, has no such setting.",
    fix: "Check the key's spelling and the server's version.",
  },
  {
    id: "settings-archived",
    shows: "Every change of settings is refused, and the settings hold keys that begin with archived.",
    match: /archived\./,
    cause:
      "Settings of an older version were archived by an upgrade, and they block every change of settings (OpenSearch #18515).",
    fix: 'Remove them once: PUT _cluster/settings {"persistent":{"archived.*":null}}.',
  },
  {
    id: "ml-plugin-missing",
    shows: "no handler found for uri [/_plugins/_ml/...]",
    match: /no handler found for uri \[\/_plugins\/_ml/,
    cause: "This OpenSearch has no ML Commons plugin: it is a minimal build, or the plugin was removed.",
    fix: "Use the full distribution (image opensearchproject/opensearch), or install the plugin opensearch-ml on every node.",
  },
  {
    id: "emulator",
    shows: "build_type is emulator",
    cause:
      "What answers is not ML Commons but this package's emulator of its API, meant for tests and offline machines.",
    fix: "For anything else use the image opensearchproject/opensearch: pulumi config rm opensearchImage, then pulumi up.",
  },
  {
    id: "cluster-red",
    shows: "The cluster's health is red",
    cause: "A primary shard is on no node, so part of the data, perhaps ML Commons' own, cannot be read.",
    fix: "Ask GET _cluster/allocation/explain for the reason: mostly a full disk, or a node that is gone.",
  },
  {
    id: "password-wrong",
    shows: "401 Unauthorized from OpenSearch",
    match: /answered 401\b/,
    cause:
      "The cluster does not accept this user and password. Delete and refresh use the connection kept in the state, which may be older than the program's. OpenSearch itself takes OPENSEARCH_INITIAL_ADMIN_PASSWORD only at the first boot of an empty volume.",
    fix: "If it was changed in the program or its configuration, put the old one back. If it was changed outside of Pulumi, run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the one that works>, which wins over all others; if that variable is set now, it is the one refused.",
  },
  {
    id: "user-may-not",
    shows: "403: no permissions for [cluster:admin/opensearch/ml/...]",
    match: /answered 403\b/,
    cause: "The user lacks the permission that the server names.",
    fix: "Give the user the role ml_full_access, and a role with cluster:admin/settings/update for ClusterSetting.",
  },
  {
    id: "disk-full",
    shows: "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
    match: /disk usage exceeded flood-stage|read-only-allow-delete/,
    cause: "The cluster's disk is nearly full, so its indices are read-only.",
    fix: "Free disk space on the machine that holds OpenSearch's data.",
  },
  {
    id: "disk-low",
    shows: "The disk is above a watermark of OpenSearch",
    cause:
      "Above the low watermark (85 % unless set) no new shards come to this node, above the high one (90 %) they move away, above the flood stage (95 %) indices become read-only.",
    fix: "Free disk space on the machine that holds OpenSearch's data before that happens.",
  },
];
