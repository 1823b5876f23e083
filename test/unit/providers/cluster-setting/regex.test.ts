import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../../../providers/cluster-setting/lifecycle";
import { regexProblem } from "../../../../providers/cluster-setting/regex";
import { trustedEndpointRegex } from "../../../../providers/connector/trust";

const KEY = "plugins.ml_commons.trusted_connector_endpoints_regex";
const PRIVATE_KEY = "plugins.ml_commons.trusted_connector_private_endpoints_regex";

describe("entries of the trusted endpoints", () => {
  it.each([
    ["^http://ollama:11434/api/chat$"],
    [".*"],
    ["^https://bedrock-runtime\\..*[a-z0-9-]\\.amazonaws\\.com/.*$"],
    ["^\\Qhttp://a.b/c\\E$"],
    ["^(?i)https://a\\.b/.*$"],
  ])("%s is fine", (entry) => {
    expect(regexProblem(KEY, entry)).toBeUndefined();
  });

  it.each([
    ["[bad", "must be a regular expression (Unclosed character class); trustedEndpointRegex(url) makes one"],
    ["^(a+)+$", "must not repeat a group that repeats something itself, such as (a+)+"],
    ["^(a)\\1$", "must not hold a back-reference such as \\1"],
    [`^${"a".repeat(300)}$`, "must have 256 characters at most, but has 302"],
  ])("%s is refused", (entry, problem) => {
    expect(regexProblem(KEY, entry)).toBe(problem);
    expect(regexProblem(PRIVATE_KEY, entry)).toBe(problem);
  });

  it("other settings may hold anything", () => {
    expect(regexProblem("cluster.name", "[bad")).toBeUndefined();
  });

  it("what trustedEndpointRegex makes of any URL always passes", () => {
    fc.assert(
      fc.property(fc.webUrl({ size: "small" }), (url) => {
        fc.pre(url.length < 100);
        expect(regexProblem(KEY, trustedEndpointRegex(url))).toBeUndefined();
      }),
    );
  });

  it("check names the key, the entry and what is wrong", () => {
    const news = { connection: { endpoint: "http://localhost:9200" }, settings: { [KEY]: ["^ok$", "[bad"] } };
    expect(clusterSettingLifecycle.check(news, {}).failures).toStrictEqual([
      {
        property: "settings",
        reason: `settings.${KEY} is "[bad": must be a regular expression (Unclosed character class); trustedEndpointRegex(url) makes one`,
      },
    ]);
  });
});
