// What the container's environment means: the official image's rules, translated for a server that stands behind a front.
import { join } from "node:path";

export const home = "/usr/share/opensearch";

/** Where the real OpenSearch listens, inside the container only. */
export const backendPort = 9201;

/** Names and values of OpenSearch settings: at least two words in lower case joined by a dot, or `processors`. */
export function settingsFromEnvironment(environment) {
  const named = Object.entries(environment).filter(
    ([name]) => /^[a-z0-9_]+\.[a-z0-9_]+/.test(name) || name === "processors",
  );
  return Object.fromEntries(named.filter(([, value]) => value !== ""));
}

/** The settings among command-line options (`-Ea.b=c`, `-E a.b=c`) and the options that are none. */
export function settingsFromOptions(options) {
  const settings = {};
  const others = [];
  for (let index = 0; index < options.length; index++) {
    const option = options[index];
    if (!option.startsWith("-E")) {
      others.push(option);
      continue;
    }
    const text = option === "-E" ? (options[++index] ?? "") : option.slice(2);
    const equals = text.indexOf("=");
    if (equals > 0) settings[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return { settings, others };
}

/**
 * The whole plan of a start.
 * @returns secure: whether the security plugin is on; demo: whether missing certificates and the admin's password are
 *   set up here; settings: for the real server; front: address and TLS files of what clients connect to
 */
export function plan(environment, options) {
  const { settings: fromOptions, others } = settingsFromOptions(options);
  const wanted = { ...settingsFromEnvironment(environment), ...fromOptions };
  const secure = environment.DISABLE_SECURITY_PLUGIN !== "true" && wanted["plugins.security.disabled"] !== "true";
  const demo = secure && environment.DISABLE_INSTALL_DEMO_CONFIG !== "true";
  const complete = { ...(demo ? demoSettings : {}), ...wanted };
  if (!secure) complete["plugins.security.disabled"] = "true";
  const tls = secure && complete["plugins.security.ssl.http.enabled"] === "true";
  return {
    secure,
    demo,
    others,
    needsDemoCertificate: Object.values(complete).includes(demoCertificate),
    front: {
      host: wanted["http.host"] ?? wanted["network.host"] ?? "0.0.0.0",
      port: wanted["http.port"] ?? "9200",
      certificate: tls ? inConfig(complete["plugins.security.ssl.http.pemcert_filepath"]) : undefined,
      key: tls ? inConfig(complete["plugins.security.ssl.http.pemkey_filepath"]) : undefined,
    },
    settings: {
      ...complete,
      "http.host": "127.0.0.1",
      "http.port": String(backendPort),
      // The front ends TLS with the same certificate; behind it nothing leaves the container.
      ...(secure ? { "plugins.security.ssl.http.enabled": "false" } : {}),
    },
  };
}

export const demoCertificate = "demo-node.pem";
export const demoKey = "demo-node.key";

/** What the official image's demo installer writes, as far as a server without demo users needs it. */
const demoSettings = {
  "plugins.security.ssl.transport.pemcert_filepath": demoCertificate,
  "plugins.security.ssl.transport.pemkey_filepath": demoKey,
  "plugins.security.ssl.transport.pemtrustedcas_filepath": demoCertificate,
  "plugins.security.ssl.transport.enforce_hostname_verification": "false",
  "plugins.security.ssl.http.enabled": "true",
  "plugins.security.ssl.http.pemcert_filepath": demoCertificate,
  "plugins.security.ssl.http.pemkey_filepath": demoKey,
  "plugins.security.ssl.http.pemtrustedcas_filepath": demoCertificate,
  "plugins.security.allow_default_init_securityindex": "true",
  "plugins.security.restapi.roles_enabled": "all_access,security_rest_api_access",
  "plugins.security.system_indices.enabled": "true",
};

/** Why the password would be refused by the official image, or undefined. */
export function passwordProblem(password) {
  if (!password) {
    return "No custom admin password found. Please provide a password via the environment variable OPENSEARCH_INITIAL_ADMIN_PASSWORD.";
  }
  const strong = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z\d]).{8,}$/s.test(password);
  if (strong) return undefined;
  return (
    'Password failed validation: "Weak password". Please re-try with a minimum 8 character password and must contain at least ' +
    "one uppercase letter, one lowercase letter, one digit, and one special character that is strong."
  );
}

function inConfig(path) {
  return path === undefined || path.startsWith("/") ? path : join(home, "config", path);
}
