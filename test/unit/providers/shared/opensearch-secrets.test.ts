import { afterEach, describe, expect, it, vi } from "vitest";
import { redact } from "../../../../clients/redact";
import { connectionSecrets } from "../../../../providers/shared/explain";

afterEach(() => {
  vi.unstubAllEnvs();
});

const connection = { endpoint: "http://localhost:9200", username: "ops" };

describe("the secrets of a connection", () => {
  it("are its password, from wherever it comes", () => {
    vi.stubEnv("TEST_PASSWORD", "from-variable");
    vi.stubEnv("OLLAMA_CHAT_OPENSEARCH_PASSWORD", "overriding");
    expect(connectionSecrets({ connection: { ...connection, password: "stored" } })).toEqual(
      expect.arrayContaining(["stored", "overriding"]),
    );
    expect(connectionSecrets({ connection: { ...connection, passwordEnv: "TEST_PASSWORD" } })).toEqual(
      expect.arrayContaining(["from-variable", "overriding"]),
    );
  });

  it("are AWS's secret key and session token, and not the name of the key", () => {
    const aws = { region: "eu-central-1", accessKeyId: "AKID", secretAccessKey: "secret-1", sessionToken: "token-1" };
    expect(connectionSecrets({ connection: { ...connection, aws } })).toStrictEqual(["secret-1", "token-1"]);
  });

  it("are none without one", () => {
    expect(connectionSecrets({ connection })).toStrictEqual([]);
    expect(connectionSecrets({})).toStrictEqual([]);
  });

  it("are hidden in the header of basic authentication, whatever the user is called", () => {
    for (const username of ["a", "ab", "abc", "admin", "ops"]) {
      const header = `Basic ${Buffer.from(`${username}:Hunter2-Hunter2`).toString("base64")}`;
      const secrets = connectionSecrets({ connection: { ...connection, username, password: "Hunter2-Hunter2" } });
      expect(redact(header, secrets)).toBe("Basic [secret]");
    }
  });
});
