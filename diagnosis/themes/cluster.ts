import type { Symptom } from "../symptom";

/** The OpenSearch cluster: settings, permissions, disk, plugins. */
export const CLUSTER: readonly Symptom[] = [
  {
    id: "setting-unknown",
    shows: "setting [plugins.ml_commons...], not recognized, or: unknown setting [...]",
    signs: [{ says: /setting \[[^\]]*\], not recognized|unknown setting \[(?!archived\.)/ }],
    cause: "This version of OpenSearch, or of its plugins, has no such setting.",
    fix: "Check the key's spelling and the server's version.",
  },
  {
    id: "settings-archived",
    shows: "unknown setting [archived....], at every change of settings",
    signs: [{ says: /unknown setting \[archived\./ }],
    cause:
      "Settings that this server does not know, of an older version or of a plugin that was removed, were archived when it started, and they block every change of settings (OpenSearch #18515).",
    fix: 'Remove them once: PUT _cluster/settings {"persistent":{"archived.*":null}}.',
  },
  {
    id: "ml-plugin-missing",
    shows: "no handler found for uri [/_plugins/_ml/...]",
    signs: [{ says: /no handler found for uri \[\/_plugins\/_ml/ }],
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
    signs: [
      {
        says: /all shards failed(?!: )|Failed to get data object from index|Failed to search indices|Fail to search model/,
      },
    ],
    cause:
      "An index cannot be read: OpenSearch has just started and not opened it yet, it has no node to be on, or somebody deleted it.",
    fix: "Wait a minute and run again. If it stays, ollama-chat doctor shows the cluster's health; where an index of ML Commons is gone, pulumi up --refresh makes again what was in it.",
  },
  {
    id: "node-alone",
    shows: "the node is in no cluster yet (cluster_uuid _na_)",
    signs: [{ kinds: ["no-cluster"] }],
    cause:
      "OpenSearch answers and belongs to no cluster: it has just started, or its nodes do not find the one that leads them. What the cluster holds cannot be told.",
    fix: "Wait a minute and run again. If it stays, the node's log says which nodes it looks for: see its discovery.seed_hosts and cluster.initial_cluster_manager_nodes.",
  },
  {
    id: "redirected",
    shows: "GET / answered 301: redirects to https://...",
    signs: [{ kinds: ["redirected"] }],
    cause:
      "What answers at the endpoint is a proxy that sends clients elsewhere: from http:// to https://, to another name or path, or to a page for signing in. Requests do not follow, so that no password goes where it was not meant to.",
    fix: "Give the address it names as the endpoint, if that is OpenSearch's own. Where it is a page for signing in, take an address that answers programs.",
  },
  {
    id: "request-too-large",
    shows: "POST /docs/_bulk answered 413",
    signs: [{ kinds: ["refused", "page"], statuses: [413] }],
    cause: "A proxy before OpenSearch, or OpenSearch itself, takes no request of this size (http.max_content_length).",
    fix: "Raise the proxy's limit (nginx: client_max_body_size), or send less at once (rag ingest: --batch-size 4).",
  },
  {
    id: "proxy-alone",
    shows: "GET / answered 502 or 504, or 503 with a page or no healthy upstream",
    signs: [
      { kinds: ["refused", "page"], statuses: [502, 504] },
      { kinds: ["page"], statuses: [500, 501, 503] },
      {
        kinds: ["refused"],
        statuses: [503],
        says: /no healthy upstream|upstream connect error|no available server|Service Unavailable/i,
      },
    ],
    cause:
      "A proxy before OpenSearch answers, and OpenSearch behind it does not: it is down, still starting, or slower than the proxy waits.",
    fix: "See that OpenSearch runs where the proxy looks for it, and raise the proxy's time limit for answers (nginx: proxy_read_timeout).",
  },
  {
    id: "not-opensearch",
    shows: "404: 404 page not found; or an answer in a form that is not understood: expected object, received string",
    signs: [
      { kinds: ["refused"], statuses: [404], says: /404 page not found|\{"detail":"Not Found"\}|default backend/ },
      { kinds: ["not-json"] },
    ],
    cause:
      "What answers at the endpoint is not OpenSearch: another server, such as Ollama, a proxy that knows no such path, or its page for signing in.",
    fix: "Correct the endpoint: curl ENDPOINT has to answer with a cluster_uuid and a version.",
  },
  {
    id: "proxy-page",
    shows: "GET / answered 401: <html>, or 403 with a page",
    signs: [{ kinds: ["page"] }],
    cause:
      "A proxy answers in OpenSearch's place, with a page: it wants a sign-in of its own, or forbids this request. OpenSearch never saw the password.",
    fix: "Take an address that leads to OpenSearch itself, or have the proxy let these requests pass.",
  },
  {
    id: "password-wrong",
    shows: "401 Unauthorized from OpenSearch",
    signs: [{ statuses: [401], says: /Unauthorized|Authentication finally failed/ }],
    source: "Authentication finally failed: security 3.4.0.0, auth/BackendRegistry.java",
    cause:
      "The cluster does not accept this user and password. Delete and refresh use the connection kept in the state, which may be older than the program's. OpenSearch itself takes OPENSEARCH_INITIAL_ADMIN_PASSWORD only at the first boot of an empty volume.",
    fix: "If it was changed in the program or its configuration, put the old one back. If it was changed outside of Pulumi, run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the one that works>, which wins over all others; if that variable is set now, it is the one refused.",
  },
  {
    id: "sign-in-elsewhere",
    shows: "401 or 407 in other words than OpenSearch's",
    signs: [{ kinds: ["refused"], statuses: [401, 407] }],
    cause:
      "These are not the words of OpenSearch's security plugin: a proxy or gateway before it, or a managed service, wants to know who asks, by other means than a user and a password perhaps.",
    fix: "See what stands at the endpoint: curl -i ENDPOINT names the server and, in WWW-Authenticate, what it wants. Give an address that takes user and password, or let the proxy pass them on.",
  },
  {
    id: "group-not-yours",
    shows:
      "403, 400 or 500: User doesn't have privilege to perform this operation on this model group; You don't have permission to update the connector",
    signs: [
      {
        says: /[Dd]oesn't have privilege to|You don't have permissions? to|No permission to undeploy model|not allowed to delete this connector/,
      },
    ],
    cause:
      "Access to models or connectors is controlled on this cluster, and this group, model or connector is private to another user or restricted to backend roles that this user has none of. The role ml_full_access does not change that.",
    fix: "Use the user who made it, or an administrator; or have them change the accessMode or backendRoles of the model's group, or the connector's access_mode.",
  },
  {
    id: "backend-roles",
    shows: "400: You must have at least one backend role to register a restricted model group",
    signs: [
      {
        says: /at least one backend role to|have the backend roles specified|cannot add all backend roles|specify backend roles only for/,
      },
    ],
    cause:
      "Only restricted groups and connectors have backend roles, a user may give only those that it has itself, and an administrator names them one by one.",
    fix: "Set accessMode to restricted with backendRoles that the user has (GET _plugins/_security/authinfo shows them), or leave both out.",
  },
  {
    id: "backend-roles-emptied",
    shows: "500: Backend roles shouldn't be null",
    signs: [{ says: /Backend roles shouldn't be null/ }],
    cause:
      "The group is restricted, and an update took all of its backend roles away. The server takes that, and nobody but an administrator can use the group or its models any more.",
    fix: "Have an administrator give it an access mode again: PUT _plugins/_ml/model_groups/ID with access_mode and backend_roles. With ModelGroup: run pulumi up as an administrator.",
  },
  {
    id: "index-rights",
    shows: "403: no permissions for [indices:data/read/search]",
    signs: [{ says: /no permissions for \[indices:/ }],
    cause:
      "The user lacks the right on the index that the server names. The role ml_full_access gives none on indices of documents.",
    fix: "Give the user a role with index permissions on it: read, indices:admin/get and indices:admin/refresh* to search and ask; crud and manage to ingest, and for a SearchIndex create_index and delete_index too; and cluster_composite_ops as a cluster permission.",
  },
  {
    id: "cluster-rights",
    shows: "403: no permissions for [cluster:admin/settings/update]",
    signs: [{ says: /no permissions for \[cluster:(?!admin\/opensearch\/ml\/|monitor\/)/ }],
    cause: "The user lacks the right over the cluster that the server names. The role ml_full_access does not hold it.",
    fix: "Give the user a role with it among its cluster permissions: cluster:admin/settings/update for ClusterSetting, cluster:admin/search/pipeline/get and cluster:admin/ingest/pipeline/get to delete a DeployedModel.",
  },
  {
    id: "user-may-not",
    shows: "403: no permissions for [cluster:admin/opensearch/ml/...], or [cluster:monitor/...]",
    signs: [{ says: /no permissions for \[cluster:(?:admin\/opensearch\/ml|monitor)\// }],
    cause: "The user lacks the right on ML Commons, or to look at the cluster, that the server names.",
    fix: "Give the user the role ml_full_access, or to ask models only, a role with cluster:admin/opensearch/ml/predict.",
  },
  {
    id: "refused-otherwise",
    shows: "403 in other words than OpenSearch's",
    signs: [{ statuses: [403] }],
    cause:
      "What answers forbids this request, and not in OpenSearch's words for a lack of rights: mostly a proxy before it, or a rule of a managed service.",
    fix: "Ask whoever runs it to let the request pass that is named above. Where OpenSearch itself says so, its log names user and rule.",
  },
  {
    id: "disk-full",
    shows: "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
    signs: [{ says: /disk usage exceeded flood-stage|read-only-allow-delete/ }],
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
