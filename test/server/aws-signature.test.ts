import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Connection, openSearch } from "../../clients/opensearch/connect";
import { path } from "../../clients/opensearch/server";
import { modelGroupLifecycle } from "../../providers/model-group/lifecycle";
import { type AwsDomain, refusedByAws } from "../support/aws-signature";
import { commandLine } from "../support/command-line";
import { Gateway } from "../support/gateway";
import { wholeLife } from "./deployer-life";
import { created, eachInItsOwnWorld, failureOf, updated } from "./lifecycle-support";

const world = eachInItsOwnWorld();
const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const TOKEN = "session-Token/of+an+hour==";
const HERE = { region: "eu-central-1", service: "es" };

/** As a managed domain: what is not signed by its keys doesn't reach OpenSearch. */
let domain: AwsDomain;
let gate: Gateway;
beforeEach(async () => {
  domain = { ...HERE, ...KEYS };
  const target = () => world().cluster.url;
  gate = await new Gateway({ target, refuses: (request, body) => refusedByAws(request, body, domain) }).start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await gate.stop();
});

const signed = (aws: Connection["aws"] = { region: HERE.region, ...KEYS }): Connection => ({
  endpoint: gate.url,
  requestTimeoutSeconds: 60,
  maxRetries: 0,
  aws,
});
const group = (connection: Connection, name = "g") =>
  created(modelGroupLifecycle, world().groupInputs(name, { connection }));

/** Nothing of the machine that the tests run on counts. */
function noCredentials(more: Readonly<Record<string, string>> = {}): void {
  const none = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"];
  for (const name of none) vi.stubEnv(name, undefined);
  const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  const all = { ...files, AWS_EC2_METADATA_DISABLED: "true", ...more };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
}

describe("a domain that takes signed requests only", () => {
  it("gets each request of the lives of settings, group, connectors, model and index signed", async () => {
    await wholeLife(world(), signed(), "chat-documents");
    expect(gate.refused).toEqual([]);
    expect(gate.passed.length).toBeGreaterThan(50);
    for (const kind of ["models", "connectors", "model_groups"] as const) expect(await world().count(kind)).toBe(0);
  });

  it("takes temporary keys with their token, and a serverless collection", async () => {
    domain = { ...domain, service: "aoss", sessionToken: TOKEN };
    await group(signed({ region: HERE.region, service: "aoss", ...KEYS, sessionToken: TOKEN }));
    expect(gate.refused).toEqual([]);
  });

  it.each(["a b", "ä/ö", "x%2Fy", "*+~'()!", "a:b@c,d;e"])("takes the id %j in a path and in a query", async (id) => {
    const query = { q: id, preference: "_local" };
    const answer = z.looseObject({ status: z.number() });
    const call = { method: "GET", path: path`/none/_doc/${id}`, query, answer, accepts: [400, 404] } as const;
    const { status } = await openSearch(signed()).call({ ...call, repeatable: true });
    expect(gate.refused).toEqual([]);
    expect([400, 404]).toContain(status);
  });

  it("takes what AWS's standard chain gives, which is in no state", async () => {
    noCredentials({ AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey });
    const { state } = await group(signed({ region: HERE.region }));
    expect(state.connection.aws).toEqual({ region: HERE.region });
    expect(gate.refused).toEqual([]);
  });

  it("is told as unsigned where the chain has nothing, with the way out", async () => {
    noCredentials();
    const failure = await failureOf(group(signed({ region: HERE.region })));
    expect(failure.message).toBe(
      [
        'ModelGroup "g": create failed: There are no AWS credentials to sign requests with: Could not load credentials from any providers',
        "  cause: connection.aws holds no keys, so AWS's standard chain is used where the provider runs: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, SSO, a web identity, or the role of the container or machine.",
        "  fix: Make one of them work (aws sts get-caller-identity shows what they give), or give accessKeyId and secretAccessKey.",
      ].join("\n"),
    );
    expect(gate.passed).toEqual([]);
  });

  it("refuses another key, and the error shows neither key nor token", async () => {
    const aws = { region: HERE.region, ...KEYS, secretAccessKey: "another-Secret-Key", sessionToken: TOKEN };
    domain = { ...domain, sessionToken: TOKEN };
    const failure = await failureOf(group(signed(aws)));
    expect(failure.message).toContain(
      'ModelGroup "g": create failed: GET / answered 403: {"message":"The request signature we calculated does not match',
    );
    expect(failure.message).toContain("OLLAMA_CHAT_AWS_CHAIN=1");
    expect(failure.message).not.toMatch(/another-Secret-Key|session-Token/);
  });

  it("is updated without a write where the keys change, and deleted with the chain where stored keys are refused", async () => {
    const made = await group(signed());
    domain = { ...domain, accessKeyId: "AKIDOTHER" };
    const passed = () => gate.passed.filter((line) => !line.startsWith("GET /"));
    const before = passed().length;
    const next = signed({ region: HERE.region, ...KEYS, accessKeyId: "AKIDOTHER" });
    const { replaces, state } = await updated(
      modelGroupLifecycle,
      made,
      world().groupInputs("g", { connection: next }),
    );
    expect([replaces, passed().length - before]).toEqual([undefined, 0]);
    domain = { ...domain, accessKeyId: "AKIDTHIRD" };
    await expect(modelGroupLifecycle.delete(made.id, state)).rejects.toThrow("403");
    noCredentials({ AWS_ACCESS_KEY_ID: "AKIDTHIRD", AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey });
    vi.stubEnv("OLLAMA_CHAT_AWS_CHAIN", "1");
    await modelGroupLifecycle.delete(made.id, state);
    expect(await world().count("model_groups")).toBe(0);
  });

  it("is asked by ollama-chat with the chain's keys", async () => {
    noCredentials({ AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey });
    await group(signed());
    const args = ["models", "--opensearch", gate.url, "--aws-region", HERE.region, "--json"];
    const { code, err } = await commandLine(args);
    expect([code, err]).toEqual([0, ""]);
    const variables = { OLLAMA_CHAT_OPENSEARCH_AWS_REGION: "us-east-1", OLLAMA_CHAT_OPENSEARCH_ENDPOINT: gate.url };
    const refused = await commandLine(["models"], { environment: variables });
    expect(refused.err).toContain("Credential should be scoped to a valid region, not 'us-east-1'.");
    expect(gate.refused.length).toBeGreaterThan(0);
  });
});
