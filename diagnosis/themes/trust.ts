import type { Symptom } from "../symptom";

/** Which addresses OpenSearch may call. */
export const TRUST: readonly Symptom[] = [
  {
    id: "private-endpoint-not-trusted",
    shows: "Connector URL is not matching the trusted connector private endpoint regex",
    signs: [{ says: /not matching the trusted connector private endpoint regex/ }],
    source: "ml-commons 3.7.0.0, MLValidatableAsyncHttpClient.java:113",
    cause:
      "From ML Commons 3.7 on, a URL with a private address must also match plugins.ml_commons.trusted_connector_private_endpoints_regex, if that list has any entries.",
    fix: "Add the URL to both lists with trustedEndpointRegex(url) in a ClusterSetting of mode contribute. OllamaChatStack does so.",
  },
  {
    id: "endpoint-not-trusted",
    shows: "Connector URL is not matching the trusted connector endpoint regex",
    signs: [{ says: /not matching the trusted connector endpoint regex/ }],
    cause:
      "The connector's URL matches no entry of the cluster's plugins.ml_commons.trusted_connector_endpoints_regex. An entry must match the whole URL, as a Java regex (#1555).",
    fix: "Add the URL with trustedEndpointRegex(url) in a ClusterSetting of mode contribute, and let the Connector depend on it.",
  },
  {
    id: "trusted-regex-unsafe",
    shows: "Regex pattern too long, or: contains nested quantifiers or backreferences",
    signs: [{ says: /Regex pattern (?:too long|contains nested quantifiers)/ }],
    source: "ml-commons 3.7.0.0, MLCommonsSettings.java:591 and 597",
    cause:
      "From ML Commons 3.7 on, an entry of a trust list has at most 256 characters, and contains no nested repetitions and no backreferences.",
    fix: "Write one exact entry per URL, as trustedEndpointRegex(url) does, instead of a pattern for many.",
  },
  {
    id: "trusted-regex-broken",
    shows: "pattern_syntax_exception when any connector is created",
    signs: [{ says: /pattern_syntax_exception|Invalid regex pattern/ }],
    source: "ml-commons 3.7.0.0, MLCommonsSettings.java:604: from there on the entry itself is refused",
    cause:
      "An entry of plugins.ml_commons.trusted_connector_endpoints_regex is not a valid regex. A server before 3.7 accepts it, but then rejects every new connector.",
    fix: "Correct that entry.",
  },
  {
    id: "private-address",
    shows: "Remote inference host name has private ip address",
    signs: [{ says: /has private ip address/ }],
    cause:
      "plugins.ml_commons.connector.private_ip_enabled was false when the model was deployed. The model keeps the value from that moment (#2142).",
    fix: "Set it to true in a ClusterSetting, and pass the setting's revision to the model's settingsRevision, which redeploys it.",
  },
  {
    id: "settings-frozen",
    shows: "The setting is correct now, but predictions fail as if it were not",
    cause:
      "The model was deployed before the setting changed. Trust lists and private_ip_enabled are copied into a model when it is deployed, and later changes do not affect it (#2142).",
    fix: "Run ollama-chat doctor --fix, which makes the model read the settings again. In a program, pass the ClusterSetting's revision to the model's settingsRevision.",
  },
];
