import { describe, expect, it } from "vitest";
import { DeadlineError, ServerError } from "../../../clients/errors";
import { causeAndFix, diagnose, SYMPTOMS, symptomOf } from "../../../diagnosis/diagnose";
import { ExplainedError } from "../../../diagnosis/explained-error";
import { OLLAMA_SYMPTOMS } from "../../../diagnosis/ollama-symptoms";
import { THEMES } from "../../../diagnosis/themes";

const refusal = (status: number, reason: string) => new ServerError(status, "status_exception", reason, "POST /x");

describe("a refusal", () => {
  it.each([
    [401, "Unauthorized", "password-wrong"],
    [403, "no permissions for [cluster:admin/opensearch/ml/models/get] and User [name=bob]", "user-may-not"],
    [403, "Model is disabled.", "model-disabled"],
    [401, 'Error from remote service: {"error":"invalid key"}', "model-server-key"],
    [429, 'Error from remote service: {"error":"slow down"}', "model-server-throttles"],
  ])("of %i means by its words: %s", (status, reason, id) => {
    expect(diagnose(refusal(status, reason))?.id).toBe(id);
  });

  it("for want of a model controller is no missing model", () => {
    expect(diagnose(refusal(404, "Failed to find model controller with the provided model ID: x"))).toBeUndefined();
  });

  it("in Ollama's words means another thing when OpenSearch passes them on", () => {
    const [asked, said] = ["POST /_plugins/_ml/models/x/_predict", "model 'nope' not found"];
    const passedOn = new ServerError(404, "", `Error from remote service: {"error":"${said}"}`, asked);
    expect(diagnose(passedOn)?.id).toBe("model-not-pulled");
    expect(diagnose(new ServerError(404, "", said, "POST /api/generate", "ollama"))?.id).toBe("ollama-model-missing");
  });
});

describe("a wait that was too long", () => {
  it("is known, unless the error that was seen last says more", () => {
    expect(diagnose(new DeadlineError("model m to be deployed", 300, "DEPLOYING"))?.id).toBe("deadline");
    const error = refusal(503, "server busy, please try again. maximum pending requests exceeded");
    expect(diagnose(new DeadlineError("model m to answer", 300, error.message, { error }))?.id).toBe("ollama-busy");
  });
});

describe("what is not known", () => {
  it("is said to be so", () => {
    expect(causeAndFix("The moon is in the wrong phase")).toStrictEqual({
      cause: "Unknown; the server's own words are above.",
      fix: "Check the server's log for this time.",
    });
  });
});

describe("the tables", () => {
  const rows = [...SYMPTOMS, ...OLLAMA_SYMPTOMS];

  it("name each row once, each with a cause and a fix that are sentences", () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { shows, cause, fix } of rows) {
      expect(shows).not.toBe("");
      expect(cause).toMatch(/^([A-Z]|plugins\.).*\.$/s);
      expect(fix).toMatch(/^[A-Z].*\.$/s);
    }
  });
});

describe("the themes", () => {
  it("hold each row of both tables once", () => {
    const ids = THEMES.flatMap(({ symptoms }) => symptoms.map(({ id }) => id));
    expect(ids.toSorted()).toEqual([...SYMPTOMS, ...OLLAMA_SYMPTOMS].map(({ id }) => id).toSorted());
  });

  it("a row is found by its name, and a name without one is a mistake", () => {
    expect(symptomOf("cold-load").shows).toBe("The first answer takes long, later ones do not");
    expect(() => symptomOf("nope")).toThrow("There is no symptom nope in the tables of diagnosis/.");
  });
});

describe("an explained error", () => {
  it("tells all three parts, one a line", () => {
    const error = new ExplainedError({ what: "It broke.", cause: "Age.", fix: "Mend it." });
    expect(error.message).toBe("It broke.\n  cause: Age.\n  fix: Mend it.");
    expect(error.explanation).toStrictEqual({ what: "It broke.", cause: "Age.", fix: "Mend it." });
  });
});
