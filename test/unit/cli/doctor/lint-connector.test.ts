import { describe, expect, it } from "vitest";
import { lintConnector } from "../../../../cli/commands/doctor/checks/objects";

function found(action: object, parameters: Record<string, string> = { model: "m" }) {
  const base = { actionType: "predict", method: "POST", url: "http://ollama:11434/api/generate" };
  const full = { ...base, ...action };
  const connector = { name: "c", version: "1", protocol: "http", parameters, actions: [full] };
  return lintConnector(connector, full).map(({ symptom }) => symptom);
}

const GOOD = '{ "model": "${parameters.model}", "prompt": "${parameters.prompt}", "stream": false }';

describe("a connector as the server shows it", () => {
  it("of the preset's form is in order, also with a key that the server hides", () => {
    const headers = { Authorization: "Bearer ${credential.key}" };
    expect(found({ requestBody: GOOD, headers })).toEqual([]);
  });

  it.each([
    ["ollama-streams", GOOD.replace(', "stream": false', "")],
    ["placeholder-not-filled", GOOD.replace("prompt}", "mood}")],
    ["invalid-payload", GOOD.replace('"${parameters.prompt}"', "text ${parameters.prompt}")],
  ])("a body with the symptom %s is found", (symptom, requestBody) => {
    expect(found({ requestBody })).toEqual([symptom]);
  });

  it("a text with quotes in its parameters breaks the body", () => {
    const requestBody = GOOD.replace("{ ", '{ "system": "${parameters.rule}", ');
    expect(found({ requestBody }, { model: "m", rule: 'say "yes"' })).toEqual(["invalid-payload"]);
  });

  it("what breaks comes before what is only a risk", () => {
    const url = "http://${parameters.host}/api/generate";
    const requestBody = GOOD.replace(', "stream": false', "");
    expect(found({ url, requestBody }, { model: "m", host: "ollama:11434" })).toEqual([
      "ollama-streams",
      "redirectable-host",
    ]);
  });
});
