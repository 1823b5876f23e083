import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkWith, sentence } from "../../../../providers/shared/checking";
import { connectionSchema } from "../../../../providers/shared/connection";
import { timeoutsSchema } from "../../../../providers/shared/timeouts";
import { hasUnknown, isUnknown, UNKNOWN } from "../../../../providers/shared/unknown";

const schema = z.looseObject({
  connection: connectionSchema,
  timeouts: timeoutsSchema.optional(),
});

const endpointRule =
  "must be an http:// or https:// URL of a server, without blanks, user, ? or #, such as https://localhost:9200";
const AT = { endpoint: "https://localhost:9200" };

function reasons(connection: unknown, more: object = {}): string[] {
  return checkWith(schema, { connection, ...more }).map(({ reason }) => reason);
}

describe("a value that is refused", () => {
  it("is shown with what nobody sees in it", () => {
    expect(reasons({ endpoint: "http://host\u00a0" })).toStrictEqual([
      `connection.endpoint is "http://host\\u00a0": ${endpointRule}`,
    ]);
    expect(reasons({ endpoint: "http://host:9200\u200b" })).toStrictEqual([
      `connection.endpoint is "http://host:9200\\u200b": ${endpointRule}`,
    ]);
  });
});

describe("a right connection", () => {
  it.each([
    [{ endpoint: "http://localhost:9200" }],
    [{ endpoint: "https://example.com/" }],
    [{ endpoint: "https://proxy.example.com/search" }],
    [{ endpoint: "https://[::1]:9200", endpoints: ["https://other:9200"] }],
    [{ ...AT, username: "admin", password: "x" }],
    [{ ...AT, username: "admin", passwordEnv: "OPENSEARCH_PASSWORD" }],
    [
      {
        ...AT,
        caCertificate: "-----BEGIN CERTIFICATE-----\n…",
        skipTlsVerify: false,
        requestTimeoutSeconds: 0.5,
        maxRetries: 0,
      },
    ],
  ])("%j passes", (connection) => {
    expect(reasons(connection)).toStrictEqual([]);
  });

  it("what is not known yet passes, at any depth", () => {
    expect(reasons(UNKNOWN)).toStrictEqual([]);
    expect(reasons({ endpoint: UNKNOWN, username: "a", password: UNKNOWN })).toStrictEqual([]);
    expect(reasons({ ...AT, endpoints: [UNKNOWN] })).toStrictEqual([]);
    expect(reasons(AT, { timeouts: UNKNOWN })).toStrictEqual([]);
    expect(reasons(AT, { timeouts: { createSeconds: UNKNOWN } })).toStrictEqual([]);
  });
});

describe("a wrong connection, told by name, value and rule,", () => {
  it.each([
    [undefined, 'connection is missing: must be an object such as { endpoint: "https://localhost:9200" }'],
    ["x", 'connection is "x": must be an object such as { endpoint: "https://localhost:9200" }'],
    [{}, `connection.endpoint is missing: ${endpointRule}`],
    [
      { endpoint: "localhost:9200" },
      `connection.endpoint is "localhost:9200": must begin with http:// or https://, as in http://localhost:9200`,
    ],
    [{ endpoint: "ftp://localhost" }, `connection.endpoint is "ftp://localhost": ${endpointRule}`],
    [{ endpoint: "http://:pw@host" }, `connection.endpoint is "http://[secret]@host": ${endpointRule}`],
    [
      { endpoint: "https://localhost:9200/_plugins" },
      'connection.endpoint is "https://localhost:9200/_plugins": must be the server\'s address alone, without /_plugins, which is added to each request',
    ],
    [{ endpoint: 9200 }, `connection.endpoint is 9200: ${endpointRule}`],
    [{ ...AT, endpoints: "x" }, 'connection.endpoints is "x": must be a list of URLs'],
    [{ ...AT, endpoints: ["x"] }, `connection.endpoints.0 is "x": ${endpointRule}`],
    [{ ...AT, username: "" }, 'connection.username is "": must not be empty'],
    [
      { ...AT, username: "admin:hunter2", password: "x" },
      'connection.username is "admin:[secret]": must be the user alone, without a colon; the password is a separate input',
    ],
    [{ endpoint: 'https://u:p "w@h' }, `connection.endpoint is "https://[secret]@h": ${endpointRule}`],
    [{ endpoint: "admin:hunter2@h:9200" }, `connection.endpoint is "[secret]@h:9200": ${endpointRule}`],
    [{ endpoint: "https://h?token=hunter2" }, `connection.endpoint is "https://h?token=[secret]": ${endpointRule}`],
    [{ ...AT, username: "a", password: "" }, "connection.password is empty: must not be empty"],
    [{ ...AT, username: "a", password: 12345 }, "connection.password is [secret]: must be text"],
    [{ ...AT, password: "x" }, "connection.username is missing: must be given together with a password"],
    [{ ...AT, passwordEnv: "X" }, "connection.username is missing: must be given together with a password"],
    [
      { ...AT, username: "a", password: "x", passwordEnv: "X" },
      "connection.passwordEnv is [secret]: give either password or passwordEnv, not both",
    ],
    [
      { ...AT, username: "a", passwordEnv: "NOT A NAME" },
      "connection.passwordEnv is [secret]: must be the name of an environment variable, such as OPENSEARCH_PASSWORD",
    ],
    [
      { ...AT, caCertificate: "/etc/ca.pem" },
      'connection.caCertificate is "/etc/ca.pem": must be PEM text that begins with BEGIN CERTIFICATE',
    ],
    [{ ...AT, aws: {} }, "connection.aws.region is missing: must be a region of AWS, such as eu-central-1"],
    [
      { ...AT, aws: "eu-central-1" },
      'connection.aws is "eu-central-1": must be an object such as { region: "eu-central-1" }',
    ],
    [
      { ...AT, aws: { region: "Frankfurt" } },
      'connection.aws.region is "Frankfurt": must be a region of AWS, such as eu-central-1',
    ],
    [
      { ...AT, aws: { region: "eu-central-1", service: "s3" } },
      'connection.aws.service is "s3": must be one of es, aoss',
    ],
    [
      { ...AT, aws: { region: "eu-central-1", profile: "x" } },
      "connection.aws.profile is not an input. Allowed: region, service, accessKeyId, secretAccessKey, sessionToken.",
    ],
    [
      { ...AT, aws: { region: "eu-central-1", accessKeyId: "AKID" } },
      'connection.aws.accessKeyId is "AKID": accessKeyId and secretAccessKey go together; without both, AWS\'s standard chain is used',
    ],
    [
      { ...AT, aws: { region: "eu-central-1", sessionToken: "t" } },
      "connection.aws.sessionToken is [secret]: must be given together with accessKeyId and secretAccessKey",
    ],
    [
      { ...AT, aws: { region: "eu-central-1" }, username: "a", password: "x" },
      'connection.aws is {"region":"eu-central-1"}: give either aws or username and password, not both',
    ],
    [{ ...AT, skipTlsVerify: "yes" }, 'connection.skipTlsVerify is "yes": must be true or false'],
    [{ ...AT, requestTimeoutSeconds: 0 }, "connection.requestTimeoutSeconds is 0: must be above 0"],
    [{ ...AT, requestTimeoutSeconds: "30" }, 'connection.requestTimeoutSeconds is "30": must be a number of seconds'],
    [{ ...AT, maxRetries: 1.5 }, "connection.maxRetries is 1.5: must be a whole number"],
    [{ ...AT, maxRetries: 21 }, "connection.maxRetries is 21: must be 20 at most"],
    [
      { ...AT, user: "a" },
      "connection.user is not an input. Allowed: endpoint, endpoints, username, password, passwordEnv, aws, caCertificate, caCertificateFile, clientCertificate, clientKey, skipTlsVerify, requestTimeoutSeconds, maxRetries.",
    ],
  ])("is refused: $1", (connection, reason) => {
    expect(reasons(connection)).toStrictEqual([reason]);
  });

  it("each wrong property is named, with the property the engine knows", () => {
    expect(
      checkWith(schema, { connection: { endpoint: "x", maxRetries: -1 }, timeouts: { createSeconds: -5, x: 1 } }),
    ).toStrictEqual([
      { property: "connection", reason: `connection.endpoint is "x": ${endpointRule}` },
      { property: "connection", reason: "connection.maxRetries is -1: must be 0 or more" },
      { property: "timeouts", reason: "timeouts.createSeconds is -5: must be above 0" },
      {
        property: "timeouts",
        reason: "timeouts.x is not an input. Allowed: createSeconds, updateSeconds, deleteSeconds.",
      },
    ]);
  });

  it("long values are cut", () => {
    expect(sentence(["name"], "a".repeat(500), "is long")).toBe(`name is "${"a".repeat(116)}...: is long`);
  });
});

describe("secrets", () => {
  it.each([
    ["connection.password", "is [secret]: rule"],
    ["credential.api_key", "is [secret]: rule"],
    ["credential.anything", "is [secret]: rule"],
    ["actions.0.headers.Authorization", "is [secret]: rule"],
    ["x.privateKeyPem", "is [secret]: rule"],
    // Who confuses the two may have put the password itself there.
    ["connection.passwordEnv", "is [secret]: rule"],
  ])("a value under %s is never shown", (path, rest) => {
    expect(sentence(path.split("."), "hunter2", "rule")).toBe(`${path} ${rest}`);
  });

  it("nor is one inside a value that is shown", () => {
    expect(reasons([{ endpoint: "x", password: "hunter2" }])).toStrictEqual([
      'connection is [{"endpoint":"x","password":"[secret]"}]: must be an object such as { endpoint: "https://localhost:9200" }',
    ]);
  });

  it("nor is the password of a URL", () => {
    expect(reasons({ endpoint: "https://admin:hunter2@localhost:9200" })).toStrictEqual([
      `connection.endpoint is "https://[secret]@localhost:9200": ${endpointRule}`,
    ]);
    expect(reasons("https://admin:hunter2@localhost:9200")).toStrictEqual([
      'connection is "https://[secret]@localhost:9200": must be an object such as { endpoint: "https://localhost:9200" }',
    ]);
  });
});

describe("unknowns", () => {
  it("are found anywhere inside", () => {
    expect(isUnknown(UNKNOWN)).toBe(true);
    expect(isUnknown([UNKNOWN])).toBe(false);
    expect(hasUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
    expect(hasUnknown({ a: [{ b: `${UNKNOWN}x` }], c: null, d: 1 })).toBe(false);
  });
});

describe("what no message can say", () => {
  const values = z.looseObject({ n: z.int("must be a whole number").optional() });
  const reason = (news: unknown) => checkWith(values, news)[0]?.reason;

  it.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [1e99, "1e+99"],
    [-0.5, "-0.5"],
    [12n, '"12"'],
    [{ deep: Number.NaN }, '{"deep":"NaN"}'],
    [Symbol("x"), "Symbol(x)"],
  ])("%o is named as %s", (n, shown) => expect(reason({ n })).toBe(`n is ${shown}: must be a whole number`));

  it("what refers to itself is reported too", () => {
    const loop: Record<string, unknown> = {};
    loop.self = [loop];
    expect(() => reason({ n: "x" })).not.toThrow();
    expect(reason({ n: new Map([[1, loop]]) })).toBe("n is {}: must be a whole number");
  });

  it.each([
    [{ n: 1, name: "a\ud800" }, 'name is "a\\ud800": must not hold half of a surrogate pair'],
    [{ n: 1, list: ["ok", { x: "\udc00b" }] }, 'list.1.x is "\\udc00b": must not hold half of a surrogate pair'],
    [{ n: 1, "k\ud800": 1 }, '"k\\ud800" is not a valid name: must not hold half of a surrogate pair'],
    [{ n: 1, password: "a\ud800" }, "password is [secret]: must not hold half of a surrogate pair"],
  ])("half a character is refused before anything encodes it: $1", (news, text) => expect(reason(news)).toBe(text));

  it("whole ones are fine", () => expect(reason({ n: 1, name: "\ud83d\ude00" })).toBeUndefined());
});
