import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSearch } from "../../../clients/opensearch/connect";

const folder = mkdtempSync(join(tmpdir(), "connect-"));
afterAll(() => rmSync(folder, { recursive: true }));
const endpoint = "https://localhost:9200";

describe("a connection", () => {
  it.each([
    ["nothing", ""],
    ["DER", Buffer.from([0x30, 0x82, 0x01, 0x0a])],
    ["a key", "-----BEGIN PRIVATE KEY-----\nx"],
  ])("refuses a file for its authority that holds %s, which the client would pass over", (_what, content) => {
    const caCertificateFile = join(folder, "ca.pem");
    writeFileSync(caCertificateFile, content);
    expect(() => openSearch({ endpoint, caCertificateFile })).toThrow(
      [
        `The file ${caCertificateFile}, named by connection.caCertificateFile, contains no PEM certificate.`,
        "  cause: It is empty, in another form such as DER, or another file.",
        "  fix: Use the CA's certificate as text that begins with BEGIN CERTIFICATE. To convert it from DER: openssl x509 -inform der -in FILE -out ca.pem.",
      ].join("\n"),
    );
  });

  it("names the variable that is not set, unless that may be the password itself", () => {
    const message = (passwordEnv: string) => {
      try {
        return openSearch({ endpoint, username: "admin", passwordEnv });
      } catch (error) {
        return (error as Error).message.split("\n")[0];
      }
    };
    expect(message("NOT_SET_HERE")).toBe(
      "The environment variable NOT_SET_HERE, named by connection.passwordEnv, is not set.",
    );
    expect(message("Hunter2Hunter2")).toBe(
      "The environment variable [secret], named by connection.passwordEnv, is not set.",
    );
  });
});
