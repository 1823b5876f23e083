import type { Symptom } from "../symptom";

/** The OpenSearch cluster: settings, permissions, disk, plugins. */
export const CLUSTER: readonly Symptom[] = [
  {
    id: "setting-unknown",
    shows: "setting [plugins.ml_commons...], not recognized, or: unknown setting [...]",
    signs: [{ says: /setting \[[^\]]*\], not recognized|unknown setting \[(?!archived\.)/ }],
    cause: "This version of OpenSearch or its plugins does not have this setting.",
    fix: "Check the spelling of the key and the server's version.",
  },
  {
    id: "settings-archived",
    shows: "unknown setting [archived....], at every change of settings",
    signs: [{ says: /unknown setting \[archived\./ }],
    cause:
      "When the server started, it archived settings that it does not know, from an older version or a removed plugin. They block every change of settings (OpenSearch #18515).",
    fix: 'Remove them once: PUT _cluster/settings {"persistent":{"archived.*":null}}.',
  },
  {
    id: "ml-plugin-missing",
    shows: "no handler found for uri [/_plugins/_ml/...]",
    signs: [{ says: /no handler found for uri \[\/_plugins\/_ml/ }],
    cause: "This OpenSearch does not have the ML Commons plugin: it is a minimal build, or the plugin was removed.",
    fix: "Use the full distribution (image opensearchproject/opensearch), or install the opensearch-ml plugin on every node.",
  },
  {
    id: "plugins-mixed",
    shows: "A plugin has another version than the server",
    cause: "An upgrade is incomplete, or a plugin was built for another version. The combination is untested.",
    fix: "Install the same version of OpenSearch and of its plugins on every node.",
  },
  {
    id: "security-adapted",
    shows: "The security plugin has an older version than the server",
    cause:
      "This OpenSearch image was built by this package's toolchain, for machines without a container registry. Maven has no security plugin of the server's version, so an older one was adapted.",
    fix: "For trials, ignore it. For anything else use the official image: pulumi config rm opensearchImage, then pulumi up.",
  },
  {
    id: "cluster-red",
    shows: "The cluster's health is red",
    cause: "A primary shard is not assigned to any node, so part of the data, perhaps ML Commons' own, cannot be read.",
    fix: "Ask GET _cluster/allocation/explain for the reason. Usually a disk is full or a node is gone.",
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
      "An index cannot be read: OpenSearch has just started and has not opened it yet, no node holds it, or somebody deleted it.",
    fix: "Wait a minute and run again. If the error stays, ollama-chat doctor shows the cluster's health. If an index of ML Commons is gone, pulumi up --refresh creates its objects again.",
  },
  {
    id: "node-alone",
    shows: "the node is in no cluster yet (cluster_uuid _na_)",
    signs: [{ kinds: ["no-cluster"] }],
    cause:
      "OpenSearch answers but belongs to no cluster: it has just started, or its nodes cannot find the cluster manager. Until it joins, the cluster's contents are unknown.",
    fix: "Wait a minute and run again. If the error stays, the node's log says which nodes it looks for; check its discovery.seed_hosts and cluster.initial_cluster_manager_nodes.",
  },
  {
    id: "redirected",
    shows: "GET / answered 301: redirects to https://...",
    signs: [{ kinds: ["redirected"] }],
    cause:
      "A proxy at the endpoint redirects requests: from http:// to https://, to another host or path, or to a sign-in page. Redirects are not followed, so that the password never reaches another server.",
    fix: "If the redirect leads to OpenSearch, use its target as the endpoint. If it leads to a sign-in page, use an address for programs.",
  },
  {
    id: "request-too-large",
    shows: "POST /docs/_bulk answered 413",
    signs: [{ kinds: ["refused", "page"], statuses: [413] }],
    cause:
      "A proxy in front of OpenSearch, or OpenSearch itself (http.max_content_length), rejects requests of this size.",
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
      "A proxy in front of OpenSearch answers, but OpenSearch does not: it is down, still starting, or slower than the proxy's time limit.",
    fix: "Check that OpenSearch runs where the proxy expects it, and raise the proxy's time limit (nginx: proxy_read_timeout).",
  },
  {
    id: "not-opensearch",
    shows: "404: 404 page not found; or an answer in a form that is not understood: expected object, received string",
    signs: [
      { kinds: ["refused"], statuses: [404], says: /404 page not found|\{"detail":"Not Found"\}|default backend/ },
      { kinds: ["not-json"] },
    ],
    cause:
      "The server at the endpoint is not OpenSearch: it is another server, such as Ollama, a proxy that does not know the path, or its sign-in page.",
    fix: "Correct the endpoint: curl ENDPOINT must answer with a cluster_uuid and a version.",
  },
  {
    id: "proxy-page",
    shows: "GET / answered 401: <html>, or 403 with a page",
    signs: [{ kinds: ["page"] }],
    cause:
      "A proxy answered with a web page instead of OpenSearch: it requires its own sign-in, or forbids this request. OpenSearch never received the password.",
    fix: "Use an address that leads to OpenSearch directly, or let the proxy accept these requests.",
  },
  {
    id: "password-wrong",
    shows: "401 Unauthorized from OpenSearch",
    signs: [{ statuses: [401], says: /Unauthorized|Authentication finally failed/ }],
    source: "Authentication finally failed: security 3.4.0.0, auth/BackendRegistry.java",
    cause:
      "The cluster does not accept this user and password. Delete and refresh use the connection in the state, which may be older than the program's. OpenSearch reads OPENSEARCH_INITIAL_ADMIN_PASSWORD only when it starts with an empty volume.",
    fix: "If the password was changed in the program or its configuration, run pulumi up: a stack's own OpenSearch then takes it. On another cluster, change it there first, or restore the old one. If it was changed outside of Pulumi, run with OLLAMA_CHAT_OPENSEARCH_PASSWORD=<the current password>, which overrides all others. If that variable is already set, it is the password that was rejected.",
  },
  {
    id: "aws-signature",
    shows:
      "403: The request signature we calculated does not match; The security token included in the request is invalid or expired; is not authorized to perform: es:ESHttpGet",
    signs: [
      {
        statuses: [403],
        says: /request signature we calculated does not match|security token included in the request is|Signature (?:expired|not yet current)|Credential should be scoped|Missing Authentication Token|not authorized to perform: (?:es|aoss):/,
      },
    ],
    source:
      "AWS's documentation of Signature Version 4: Troubleshoot signed requests for AWS APIs; the developer guide of Amazon OpenSearch Service: Identity and Access Management",
    cause:
      "AWS does not accept the signature: the keys are wrong, expired or of a user or role without access to the domain, the region or the service (es, aoss) is another, this machine's clock is wrong, or the request is not signed at all. Delete and refresh use the keys in the state, which may be older than the program's.",
    fix: "Give connection.aws with the domain's region and service (ollama-chat: --aws-region, --aws-service), and let the domain's access policy name the user or role. If the stored keys were changed or have expired, make AWS's standard chain give valid ones and run with OLLAMA_CHAT_AWS_CHAIN=1.",
  },
  {
    id: "sign-in-elsewhere",
    shows: "401 or 407, but not in OpenSearch's words",
    signs: [{ kinds: ["refused"], statuses: [401, 407] }],
    cause:
      "These are not the words of OpenSearch's security plugin. A proxy, a gateway or a managed service requires authentication, perhaps not by user and password.",
    fix: "Find out what answers: curl -i ENDPOINT shows the server and, in WWW-Authenticate, what it requires. Use an address that accepts user and password, or let the proxy pass them on.",
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
      "This cluster controls access to models or connectors, and this group, model or connector is private to another user, or restricted to backend roles that this user does not have. The role ml_full_access does not change that.",
    fix: "Use the owner or an administrator, or let them change accessMode or backendRoles of the model's group, or access_mode of the connector.",
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
      "Only restricted groups and connectors have backend roles. Users can only assign their own roles; administrators must list them explicitly.",
    fix: "Set accessMode to restricted with backendRoles that the user has (GET _plugins/_security/authinfo shows them), or leave both out.",
  },
  {
    id: "backend-roles-emptied",
    shows: "500: Backend roles shouldn't be null",
    signs: [{ says: /Backend roles shouldn't be null/ }],
    cause:
      "The group is restricted, and an update removed all of its backend roles. The server accepts that, but then only an administrator can use the group or its models.",
    fix: "Let an administrator set its access mode again: PUT _plugins/_ml/model_groups/ID with access_mode and backend_roles. With ModelGroup, run pulumi up as an administrator.",
  },
  {
    id: "index-rights",
    shows: "403: no permissions for [indices:data/read/search]",
    signs: [{ says: /no permissions for \[indices:/ }],
    cause:
      "The user lacks the index permission that the server names. The role ml_full_access includes none for indices of documents.",
    fix: "Give the user a role with index permissions: read, indices:admin/get and indices:admin/refresh* to search and ask; crud and manage to ingest; create_index and delete_index for a SearchIndex; and the cluster permission cluster_composite_ops.",
  },
  {
    id: "cluster-rights",
    shows: "403: no permissions for [cluster:admin/settings/update]",
    signs: [{ says: /no permissions for \[cluster:(?!admin\/opensearch\/ml\/|monitor\/)/ }],
    cause: "The user lacks the cluster permission that the server names. The role ml_full_access does not include it.",
    fix: "Give the user a role with this cluster permission: cluster:admin/settings/update for ClusterSetting, cluster:admin/search/pipeline/get and cluster:admin/ingest/pipeline/get to delete a DeployedModel.",
  },
  {
    id: "user-may-not",
    shows: "403: no permissions for [cluster:admin/opensearch/ml/...], or [cluster:monitor/...]",
    signs: [{ says: /no permissions for \[cluster:(?:admin\/opensearch\/ml|monitor)\// }],
    cause: "The user lacks the permission for ML Commons or for cluster monitoring that the server names.",
    fix: "Give the user the role ml_full_access or, only to ask models, a role with cluster:admin/opensearch/ml/predict.",
  },
  {
    id: "refused-otherwise",
    shows: "403, but not in OpenSearch's words",
    signs: [{ statuses: [403] }],
    cause:
      "The request was forbidden, but not by OpenSearch's permissions. Usually a proxy in front of it, or a rule of a managed service, forbids it.",
    fix: "Ask its operator to allow the request named above. If OpenSearch itself forbids it, its log names user and rule.",
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
      "Above the low watermark (default 85 %) a node gets no new shards, above the high one (90 %) shards move away, and above the flood stage (95 %) indices become read-only.",
    fix: "Free disk space on the machine that holds OpenSearch's data before that happens.",
  },
  {
    id: "claims-left",
    shows: "Settings of the cluster are claimed by a resource that this stack does not have",
    cause: "A pulumi was killed before it saved a new ClusterSetting, which is no longer in the program.",
    fix: "Run ollama-chat doctor --fix. It releases the settings as a delete would, and keeps what other stacks need.",
  },
  {
    id: "claims-cut-off",
    shows: "A ClusterSetting of this stack is in the middle of a change",
    cause: "A pulumi was killed while it changed the cluster's settings, or is still running.",
    fix: "If it is still running, wait for it. Otherwise run pulumi up --refresh, or pulumi destroy if that was killed.",
  },
];
