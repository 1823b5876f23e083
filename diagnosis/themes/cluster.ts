import type { Symptom } from "../symptom";

/** The OpenSearch cluster: settings, rights, disk, plugins. */
export const CLUSTER: readonly Symptom[] = [
  {
    id: "setting-unknown",
    shows: "setting [plugins.ml_commons...], not recognized, or: unknown setting [...]",
    match: /setting \[[^\]]*\], not recognized|unknown setting \[(?!archived\.)/,
    cause: "This version of OpenSearch, or of its plugins, has no such setting.",
    fix: "Check the key's spelling and the server's version.",
  },
  {
    id: "settings-archived",
    shows: "unknown setting [archived....], at every change of settings",
    match: /unknown setting \[archived\./,
    cause:
      "Settings that this server does not know, of an older version or of a plugin that was removed, were archived when it started, and they block every change of settings (OpenSearch #18515).",
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
    id: "plugins-mixed",
    shows: "A plugin is of another release than the server",
    cause: "An upgrade is half done, or a plugin was made for another release: nobody has tested the two together.",
    fix: "Put the same release of OpenSearch and of its plugins on every node.",
  },
  {
    id: "security-adapted",
    shows: "The security plugin is of an earlier release than the server",
    cause:
      "OpenSearch runs from the image that this package's toolchain makes for machines without a container registry. Maven has no security plugin of the server's release, so an earlier one was adapted.",
    fix: "For trials nothing. For anything else use the official image: pulumi config rm opensearchImage, then pulumi up.",
  },
  {
    id: "cluster-red",
    shows: "The cluster's health is red",
    cause: "A primary shard is on no node, so part of the data, perhaps ML Commons' own, cannot be read.",
    fix: "Ask GET _cluster/allocation/explain for the reason: mostly a full disk, or a node that is gone.",
  },
  {
    id: "index-unreadable",
    shows: "all shards failed, or: Failed to get data object from index .plugins-ml-model",
    match: /all shards failed|Failed to get data object from index|Failed to search indices|Fail to search model/,
    cause:
      "An index cannot be read: OpenSearch has just started and not opened it yet, it has no node to be on, or somebody deleted it.",
    fix: "Wait a minute and run again. If it stays, ollama-chat doctor shows the cluster's health; where an index of ML Commons is gone, pulumi up --refresh makes again what was in it.",
  },
  {
    id: "node-alone",
    shows: "the node is in no cluster yet (cluster_uuid _na_)",
    match: /the node is in no cluster yet/,
    cause:
      "OpenSearch answers and belongs to no cluster: it has just started, or its nodes do not find the one that leads them. What the cluster holds cannot be told.",
    fix: "Wait a minute and run again. If it stays, the node's log says which nodes it looks for: see its discovery.seed_hosts and cluster.initial_cluster_manager_nodes.",
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
    id: "group-not-yours",
    shows: "403: User doesn't have privilege to perform this operation on this model group",
    match: /User doesn't have privilege to perform this operation on this model group/,
    cause:
      "Access to models is controlled on this cluster, and the group is private to another user or restricted to backend roles that this user has none of. The role ml_full_access does not change that.",
    fix: "Use the user who made the group, or an administrator; or have its accessMode or backendRoles changed.",
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
  {
    id: "claims-left",
    shows: "Settings of the cluster are claimed by a resource that this stack does not have",
    cause: "A pulumi was killed before it had saved that it made a ClusterSetting, and the program has it no more.",
    fix: "Run ollama-chat doctor --fix: it gives the settings back as a delete would, and leaves what other stacks need.",
  },
  {
    id: "claims-cut-off",
    shows: "A ClusterSetting of this stack is in the middle of a change",
    cause: "A pulumi was killed while it changed the cluster's settings, or is still on its way.",
    fix: "Let it end if it runs. Otherwise run pulumi up --refresh, or pulumi destroy if that was what was killed.",
  },
];
