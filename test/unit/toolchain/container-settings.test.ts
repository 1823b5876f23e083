import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../toolchain/package-root";

interface Plan {
  readonly secure: boolean;
  readonly demo: boolean;
  readonly needsDemoCertificate: boolean;
  readonly others: string[];
  readonly front: { host: string; port: string; certificate?: string; key?: string };
  readonly settings: Record<string, string>;
}

interface SettingsModule {
  plan(environment: Record<string, string>, options: string[]): Plan;
  passwordProblem(password: string | undefined): string | undefined;
}

const file = join(packageRoot, "toolchain", "images", "opensearch", "settings.mjs");
const { plan, passwordProblem }: SettingsModule = createRequire(file)(file);

const certificates = {
  "plugins.security.ssl.http.enabled": "true",
  "plugins.security.ssl.http.pemcert_filepath": "certs/node.pem",
  "plugins.security.ssl.http.pemkey_filepath": "certs/node.key",
  "plugins.security.ssl.http.pemtrustedcas_filepath": "certs/ca.pem",
  "plugins.security.ssl.transport.pemcert_filepath": "certs/node.pem",
  "plugins.security.ssl.transport.pemkey_filepath": "certs/node.key",
  "plugins.security.ssl.transport.pemtrustedcas_filepath": "certs/ca.pem",
};

describe("plan", () => {
  it("puts the front on 9200 with the given certificate, and the server behind it on loopback without TLS", () => {
    const { front, settings, needsDemoCertificate } = plan({ ...certificates, "discovery.type": "single-node" }, []);
    expect(front).toEqual({
      host: "0.0.0.0",
      port: "9200",
      certificate: "/usr/share/opensearch/config/certs/node.pem",
      key: "/usr/share/opensearch/config/certs/node.key",
    });
    expect(settings).toMatchObject({
      "discovery.type": "single-node",
      "http.host": "127.0.0.1",
      "http.port": "9201",
      "plugins.security.ssl.http.enabled": "false",
      "plugins.security.ssl.transport.pemcert_filepath": "certs/node.pem",
      "plugins.security.allow_default_init_securityindex": "true",
    });
    expect(needsDemoCertificate).toBe(false);
  });

  it("sets up a demo certificate where none is given, as the official image does", () => {
    const { front, needsDemoCertificate, demo } = plan({}, []);
    expect({ demo, needsDemoCertificate }).toEqual({ demo: true, needsDemoCertificate: true });
    expect(front.certificate).toBe("/usr/share/opensearch/config/demo-node.pem");
  });

  it("adds nothing of its own with DISABLE_INSTALL_DEMO_CONFIG", () => {
    const { demo, needsDemoCertificate, settings } = plan({ DISABLE_INSTALL_DEMO_CONFIG: "true" }, []);
    expect({ demo, needsDemoCertificate }).toEqual({ demo: false, needsDemoCertificate: false });
    expect(settings).toEqual({
      "http.host": "127.0.0.1",
      "http.port": "9201",
      "plugins.security.ssl.http.enabled": "false",
    });
  });

  it("serves plain HTTP without users with DISABLE_SECURITY_PLUGIN", () => {
    const { secure, front, settings } = plan({ DISABLE_SECURITY_PLUGIN: "true" }, []);
    expect(secure).toBe(false);
    expect(front).toEqual({ host: "0.0.0.0", port: "9200", certificate: undefined, key: undefined });
    expect(settings).toEqual({
      "http.host": "127.0.0.1",
      "http.port": "9201",
      "plugins.security.disabled": "true",
    });
  });

  it("takes settings from names with a dot, and `processors`, and from no other variables", () => {
    const environment = { "a.b": "1", a_c: "2", processors: "2", HOME: "/h", "Up.Case": "3", "empty.value": "" };
    const { settings } = plan({ ...environment, DISABLE_SECURITY_PLUGIN: "true" }, []);
    expect(Object.keys(settings).sort()).toEqual([
      "a.b",
      "http.host",
      "http.port",
      "plugins.security.disabled",
      "processors",
    ]);
  });

  it("prefers options of the command to the environment, in both spellings, and passes other options on", () => {
    const options = ["-Ecluster.name=one", "-E", "node.name=two", "--quiet", "-Ehttp.port=9250"];
    const { settings, others, front } = plan({ "cluster.name": "zero" }, options);
    expect(settings).toMatchObject({ "cluster.name": "one", "node.name": "two", "http.port": "9201" });
    expect(others).toEqual(["--quiet"]);
    expect(front.port).toBe("9250");
  });
});

describe("passwordProblem", () => {
  it("accepts a password with all four kinds of characters", () => {
    expect(passwordProblem("Str0ng!Passw0rd")).toBeUndefined();
  });

  it("asks for a password in the official image's words", () => {
    expect(passwordProblem(undefined)).toBe(
      "No custom admin password found. Please provide a password via the environment variable OPENSEARCH_INITIAL_ADMIN_PASSWORD.",
    );
  });

  it.each(["short1!", "alllowercase1!", "ALLUPPERCASE1!", "NoDigits!!", "NoSpecial11"])("refuses %s", (password) => {
    expect(passwordProblem(password)).toMatch(/^Password failed validation: "Weak password"\./);
  });
});
