import { isIP } from "node:net";
import { z } from "zod";
import { isUnknown } from "../shared/unknown";

/** A certificate as the program describes it. `TlsCertificateArgs` documents each member. */
export interface TlsCertificateInputs {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly commonName?: string;
  readonly organization?: string;
  readonly validityDays?: number;
  readonly renewBeforeDays?: number;
  readonly authority?: GivenAuthority;
  readonly owner?: string;
}

/** The CA of another `TlsCertificate`. */
export interface GivenAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface TlsCertificateState extends TlsCertificateInputs {
  /** PEM of the CA certificate, which clients trust. */
  readonly caCertificatePem: string;
  /** PKCS#8 PEM of the CA's key, kept to sign the next certificate. */
  readonly caPrivateKeyPem: string;
  /** Expiry of the CA certificate, ISO 8601. */
  readonly caNotAfter: string;
  readonly certificatePem: string;
  /** PKCS#8 PEM, as OpenSearch needs it. */
  readonly privateKeyPem: string;
  /** Expiry of the certificate, ISO 8601. */
  readonly notAfter: string;
  /** Set by the last refresh; the next update then makes a new certificate. */
  readonly renewalDue: boolean;
  readonly schemaVersion: number;
}

export const SCHEMA_VERSION = 1;

/** Every input except `owner`. */
export const INPUT_KEYS = [
  "dnsNames",
  "ipAddresses",
  "commonName",
  "organization",
  "validityDays",
  "renewBeforeDays",
  "authority",
] as const satisfies readonly (keyof TlsCertificateInputs)[];

/**
 * The longest validity that Apple's TLS stack accepts in a server certificate from a private CA
 * (https://support.apple.com/en-us/103769, "825 days or fewer"). Others accept more.
 */
export const DEFAULT_VALIDITY_DAYS = 825;
export const DEFAULT_RENEW_BEFORE_DAYS = 30;
export const DEFAULT_COMMON_NAME = "ollama-chat-node";
export const DEFAULT_ORGANIZATION = "pulumi-ollama-chat";
/** How much longer the CA is valid than its certificates. */
export const AUTHORITY_EXTRA_DAYS = 3650;

const MAX_VALIDITY_DAYS = 3650;
/** X.520's upper bound for a common name is 64; the CA's adds `" CA "` and eight digits to the organisation. */
const MAX_NAME = 64;
const MAX_ORGANIZATION = 52;

const dnsRule = "must be a host name such as localhost or *.example.org; addresses go to ipAddresses";
const HOST =
  /^(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;
const dnsName = z
  .string(dnsRule)
  .max(253, dnsRule)
  .refine((text) => HOST.test(text) && isIP(text) === 0, dnsRule);

const ipRule = "must be an IPv4 or IPv6 address such as 127.0.0.1 or ::1";
const ipAddress = z.string(ipRule).refine((text) => isIP(text) !== 0 && !text.includes("%"), ipRule);

const nameRule = `must be 1 to ${MAX_NAME} letters, digits, dots, underscores or hyphens: OpenSearch compares it as CN=<commonName>`;
const organizationRule = `must be 1 to ${MAX_ORGANIZATION} characters`;
const authorityRule =
  "must be the CA of another TlsCertificate: { certificatePem: tls.caCertificatePem, privateKeyPem: tls.caPrivateKeyPem }";
const pem = (label: string) => z.string(authorityRule).includes(`-----BEGIN ${label}-----`, { message: authorityRule });
const validityRule = `must be a whole number of days from 1 to ${MAX_VALIDITY_DAYS}`;
const renewRule = "must be a whole number of days, 0 or more";

export const tlsCertificateSchema = z.looseObject({
  dnsNames: z.array(dnsName, "must be a list of host names"),
  ipAddresses: z.array(ipAddress, "must be a list of addresses"),
  commonName: z
    .string(nameRule)
    .max(MAX_NAME, nameRule)
    .regex(/^[A-Za-z0-9._-]+$/, nameRule)
    .optional(),
  organization: z
    .string(organizationRule)
    .refine((text) => text.trim() !== "", organizationRule)
    .max(MAX_ORGANIZATION, organizationRule)
    .optional(),
  validityDays: z.int(validityRule).min(1, validityRule).max(MAX_VALIDITY_DAYS, validityRule).optional(),
  renewBeforeDays: z.int(renewRule).min(0, renewRule).optional(),
  authority: z
    .strictObject({ certificatePem: pem("CERTIFICATE"), privateKeyPem: pem("PRIVATE KEY") }, authorityRule)
    .optional(),
  owner: z.string().optional(),
});

type Loose = Readonly<Record<string, unknown>>;

/** Finds inputs that are valid on their own but contradict each other. */
export function contradictions(news: Loose): { property: string; reason: string }[] {
  const {
    dnsNames,
    ipAddresses,
    validityDays = DEFAULT_VALIDITY_DAYS,
    renewBeforeDays = DEFAULT_RENEW_BEFORE_DAYS,
  } = news;
  const found: { property: string; reason: string }[] = [];
  if (Array.isArray(dnsNames) && Array.isArray(ipAddresses) && dnsNames.length + ipAddresses.length === 0) {
    found.push({
      property: "dnsNames",
      reason: "dnsNames and ipAddresses are both empty: clients need one to verify.",
    });
  }
  if (news.authority !== undefined && news.organization !== undefined) {
    found.push({
      property: "organization",
      reason: "organization and authority exclude each other: organization names a new CA.",
    });
  }
  const known = !isUnknown(validityDays) && !isUnknown(renewBeforeDays);
  if (known && Number(renewBeforeDays) >= Number(validityDays)) {
    const reason = `renewBeforeDays is ${renewBeforeDays}: must be below validityDays (${validityDays}), else each refresh would renew.`;
    found.push({ property: "renewBeforeDays", reason });
  }
  return found;
}
