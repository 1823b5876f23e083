import { describe, expect, it } from "vitest";
import { DeadlineError, ServerError, UnreachableError } from "../../../clients/errors";
import { causeAndFix, diagnose } from "../../../diagnosis/diagnose";
import { ExplainedError } from "../../../diagnosis/explained-error";
import { SYMPTOMS } from "../../../diagnosis/symptoms";

const refusal = (status: number, reason: string) =>
  new ServerError(status, "status_exception", reason, "POST /x").message;

describe("the server's own words", () => {
  it.each([
    ["endpoint-not-trusted", "Connector URL is not matching the trusted connector endpoint regex"],
    ["trusted-regex-broken", "pattern_syntax_exception: Unclosed character class near index 3"],
    ["private-address", "Remote inference host name has private ip address: 127.0.0.1"],
    ["group-name-taken", "The name you provided is already being used by a model group with ID: x."],
    [
      "group-name-taken",
      "The name you provided is already being used by another model with ID: x. Please provide a different name",
    ],
    ["connector-in-use", "1 models are still using this connector, please delete or update the models first: [x]"],
    ["group-in-use", "Cannot delete the model group when it has associated model versions"],
    [
      "model-still-deployed",
      "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete",
    ],
    ["placeholder-not-filled", "Some parameter placeholder not filled in payload: prompt"],
    ["invalid-payload", 'Invalid payload: { "messages": ${parameters.messages} }'],
    ["model-not-pulled", `Error from remote service: {"error":"model 'nope' not found"}`],
    ["model-not-pulled", 'Error from remote service: {"error":"model \\"nope\\" not found, try pulling it first"}'],
    ["read-timeout", "Error communicating with remote model: Read timed out"],
    ["model-server-refuses", "Error communicating with remote model: Connection refused: /127.0.0.1:9"],
    ["model-missing", "Failed to find model to update with the provided model id: x"],
    ["model-missing", "Failed to find model with the provided model id: x"],
    ["connector-missing", "Failed to find connector:nope"],
    ["group-missing", "Model Group Response is empty for nope"],
    ["auto-deploy-off", "Model not ready yet. Please deploy the model first."],
    [
      "master-key",
      "The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.",
    ],
    [
      "remote-inference-off",
      "Remote Inference is currently disabled. To enable it, update the setting plugins.ml_commons.remote_inference_enabled to true",
    ],
    [
      "access-control-off",
      "You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster.",
    ],
    ["setting-unknown", "persistent setting [plugins.ml_commons.nope], not recognized"],
    ["throttled", "Request is throttled at model level."],
  ])("%s is known by: %s", (id, reason) => {
    expect(diagnose(refusal(400, reason))?.id).toBe(id);
  });

  it.each([
    [401, "Unauthorized", "password-wrong"],
    [403, "no permissions for [cluster:admin/opensearch/ml/models/get] and User [name=bob]", "user-may-not"],
  ])("a %i means %s: %s", (status, reason, id) => {
    expect(diagnose(refusal(status, reason))?.id).toBe(id);
  });
});

describe("no answer", () => {
  it.each([
    ["unreachable", "connect ECONNREFUSED 127.0.0.1:9200"],
    ["unreachable", "getaddrinfo ENOTFOUND search.example.com"],
    ["unreachable", "no answer within the time limit"],
    ["tls-not-trusted", "self-signed certificate in certificate chain"],
    ["tls-not-trusted", "unable to verify the first certificate"],
    ["tls-mismatch", "socket hang up"],
    ["tls-mismatch", "write EPROTO … wrong version number"],
  ])("%s is known by: %s", (id, reason) => {
    expect(diagnose(new UnreachableError("https://h:9200", reason, "GET /", true).message)?.id).toBe(id);
  });
});

describe("a wait that was too long", () => {
  it("is known, unless what was seen last says more", () => {
    expect(diagnose(new DeadlineError("model m to be deployed", 300, "DEPLOYING").message)?.id).toBe("deadline");
    expect(
      diagnose(
        new DeadlineError(
          "model m to answer",
          300,
          refusal(503, "server busy, please try again. maximum pending requests exceeded"),
        ).message,
      )?.id,
    ).toBe("ollama-busy");
  });
});

describe("what is not known", () => {
  it("is said to be so", () => {
    expect(causeAndFix("The moon is in the wrong phase")).toStrictEqual({
      cause: "Not one of the known ones; the server's own words are above.",
      fix: "Look into the server's log at this moment.",
    });
  });
});

describe("the table", () => {
  it("names each row once, each with a cause and a fix that are sentences", () => {
    const ids = SYMPTOMS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { cause, fix } of SYMPTOMS) {
      expect(cause).toMatch(/^([A-Z]|plugins\.).*\.$/s);
      expect(fix).toMatch(/^[A-Z].*\.$/s);
    }
  });
});

describe("an explained error", () => {
  it("tells all three parts, one a line", () => {
    const error = new ExplainedError({ what: "It broke.", cause: "Age.", fix: "Mend it." });
    expect(error.message).toBe("It broke.\n  cause: Age.\n  fix: Mend it.");
    expect(error.explanation).toStrictEqual({ what: "It broke.", cause: "Age.", fix: "Mend it." });
  });
});
