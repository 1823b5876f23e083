import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../../providers/shared/unknown";
import type { TlsCertificateInputs } from "../../../../providers/tls-certificate/inputs";
import { tlsCertificateLifecycle as lifecycle } from "../../../../providers/tls-certificate/lifecycle";

const INPUTS: TlsCertificateInputs = {
  dnsNames: ["localhost", "opensearch"],
  ipAddresses: ["127.0.0.1", "::1"],
  commonName: "opensearch-node",
  owner: "urn:pulumi:dev::chat::pulumi-nodejs:dynamic/ollamachat:TlsCertificate::tls",
};

describe("check", () => {
  const failures = (news: object) => lifecycle.check(news, {}).failures;

  it("accepts what the manual shows, and values that are not known yet", () => {
    expect(failures(INPUTS)).toEqual([]);
    expect(failures({ ...INPUTS, dnsNames: UNKNOWN, ipAddresses: [UNKNOWN], validityDays: UNKNOWN })).toEqual([]);
  });

  it.each([
    [
      { dnsNames: ["127.0.0.1"] },
      "dnsNames",
      'dnsNames.0 is "127.0.0.1": must be a host name such as localhost or *.example.org; addresses go to ipAddresses',
    ],
    [
      { ipAddresses: ["localhost"] },
      "ipAddresses",
      'ipAddresses.0 is "localhost": must be an IPv4 or IPv6 address such as 127.0.0.1 or ::1',
    ],
    [
      { commonName: "a, b" },
      "commonName",
      'commonName is "a, b": must be 1 to 64 letters, digits, dots, underscores or hyphens: OpenSearch compares it as CN=<commonName>',
    ],
    [
      { authority: "ca.pem" },
      "authority",
      'authority is "ca.pem": must be the CA of another TlsCertificate: { certificatePem: tls.caCertificatePem, privateKeyPem: tls.caPrivateKeyPem }',
    ],
    [
      {
        organization: "Example",
        authority: { certificatePem: "-----BEGIN CERTIFICATE-----", privateKeyPem: "-----BEGIN PRIVATE KEY-----" },
      },
      "organization",
      "organization and authority exclude each other: organization names a new CA.",
    ],
    [{ validityDays: 0.5 }, "validityDays", "validityDays is 0.5: must be a whole number of days from 1 to 3650"],
    [
      { validityDays: 30 },
      "renewBeforeDays",
      "renewBeforeDays is 30: must be below validityDays (30), else each refresh would renew.",
    ],
    [
      { dnsNames: [], ipAddresses: [] },
      "dnsNames",
      "dnsNames and ipAddresses are both empty: clients need one to verify.",
    ],
  ])("%j is refused in words", (change, property, reason) => {
    expect(failures({ ...INPUTS, ...change })).toEqual([{ property, reason }]);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.jsonValue(), (news) => void lifecycle.check(news, {})));
    const keyed = fc.record({ dnsNames: fc.jsonValue(), ipAddresses: fc.jsonValue(), validityDays: fc.jsonValue() });
    fc.assert(fc.property(keyed, (news) => void lifecycle.check(news, {})));
  });
});
