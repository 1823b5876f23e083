import { describe, expect, it } from "vitest";
import { clusterSettingLifecycle } from "../../../providers/cluster-setting/lifecycle";
import { connectorLifecycle } from "../../../providers/connector/lifecycle";
import { ollamaModelLifecycle } from "../../../providers/ollama-model/lifecycle";

const connection = { endpoint: "https://localhost:9200" };
const post = { actionType: "predict", method: "POST", url: "http://ollama:11434/v1/chat/completions" };
const MILLION = 1_000_000;

/** All of these took from seconds to for ever; the suite's own limit ends the test that does so again. */
describe("a preview ends whatever it is given", () => {
  const reasons = (more: object) =>
    connectorLifecycle
      .check({ connection, name: "c", actions: [post], ...more }, {})
      .failures.map(({ reason }) => reason);

  it.each([
    ["letters", "a".repeat(MILLION)],
    ["schemes", "a://".repeat(MILLION / 4)],
    ["half a URL with a password", `http://user:${"p".repeat(MILLION)}`],
    ["signs", "@".repeat(MILLION)],
  ])("an invalid value of a million %s is cut, not scanned again and again", (_what, endpoint) => {
    const { failures } = ollamaModelLifecycle.check({ endpoint, model: "m" }, {});
    expect(failures).toHaveLength(1);
    expect(failures[0]?.reason.length).toBeLessThan(300);
    expect(failures[0]?.reason).not.toContain("pppp");
  });

  it("twenty thousand placeholders are read once, and the first findings are told", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `"${i}": "\${parameters.p${i}}"`);
    const failures = reasons({ actions: [{ ...post, requestBody: `{ ${names.join(", ")} }` }], predictParameters: [] });
    expect(failures).toHaveLength(21);
    expect(failures[0]).toBe(
      "actions.0.requestBody uses ${parameters.p0}, which neither parameters nor predictParameters holds.",
    );
    expect(failures[20]).toBe("and 19980 more");
    expect(reasons({ actions: [{ ...post, requestBody: `{ ${names.join(", ")} }` }] })).toEqual([]);
  });

  it("a placeholder that never closes is no reason to look for its end again and again", () => {
    const requestBody = JSON.stringify({ prompt: "${parameters.a:-".repeat(MILLION / 16) });
    expect(reasons({ actions: [{ ...post, requestBody }] })).toEqual([
      expect.stringContaining("is not valid JSON once its placeholders are filled"),
    ]);
  });

  it("twenty thousand wrong values are told by the first of them", () => {
    const settings = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`a.b${i}`, {}]));
    const { failures } = clusterSettingLifecycle.check({ connection, settings }, {});
    expect(failures).toHaveLength(21);
    expect(failures[20]?.reason).toBe("and 19980 more");
  });

  it("a regex that never ends in a backtracking engine is judged all the same", () => {
    const action = { ...post, url: `http://${"a".repeat(500)}/v1` };
    const trustedEndpoints = ["http://(([a-z]+)+)+!/v1", "(http://|a+)+$"];
    expect(reasons({ actions: [action], trustedEndpoints })[0]).toContain("matches none of trustedEndpoints");
  });
});
