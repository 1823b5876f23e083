import { report } from "../../clients/report";
import { checkWith } from "../shared/checking";
import { changedKeys, pick } from "../shared/compare";
import { explained, nameOf } from "../shared/explain";
import type { Lifecycle } from "../shared/lifecycle";
import {
  contradictions,
  DEFAULT_COMMON_NAME,
  DEFAULT_ORGANIZATION,
  DEFAULT_RENEW_BEFORE_DAYS,
  DEFAULT_VALIDITY_DAYS,
  INPUT_KEYS,
  SCHEMA_VERSION,
  type TlsCertificateInputs,
  type TlsCertificateState,
  tlsCertificateSchema,
} from "./inputs";
import { DAY_MILLISECONDS, fingerprint, givenAuthority, issueAuthority, issueLeaf } from "./issue";

/** Inputs that are part of the certificate itself. Names are a set, so their order does not matter. */
const CONTENT = ["dnsNames", "ipAddresses", "commonName", "validityDays", "authority"] as const;

/**
 * A CA and a certificate signed by it, both made here and kept in the state. Changed names or validity make a new
 * certificate under the same CA, so clients need no change. Only another organisation, or a CA near its own expiry,
 * replaces both. With an `authority` given, that one signs, and no CA is made.
 */
export const tlsCertificateLifecycle: Lifecycle<TlsCertificateInputs, TlsCertificateState> = explained(
  "TlsCertificate",
  { check, diff, create, read, update, delete: async () => undefined },
  (properties) => {
    const { privateKeyPem, caPrivateKeyPem, authority } = properties as Partial<TlsCertificateState>;
    return [privateKeyPem, caPrivateKeyPem, authority?.privateKeyPem];
  },
);

function check(news: unknown) {
  const failures = checkWith(tlsCertificateSchema, news);
  const inputs = news as TlsCertificateInputs;
  const loose = (typeof news === "object" && news !== null ? news : {}) as Readonly<Record<string, unknown>>;
  return { inputs, failures: failures.length > 0 ? failures : contradictions(loose) };
}

function diff(_id: string, olds: TlsCertificateState, news: TlsCertificateInputs) {
  const [before, after] = [comparable(olds), comparable(news)];
  const hasOwn = news.authority === undefined;
  const replaces: string[] = hasOwn ? changedKeys(before, after, ["organization"]) : [];
  if (hasOwn !== (olds.authority === undefined)) replaces.push("authority");
  if (hasOwn && olds.renewalDue && authorityEnds(olds, news)) replaces.push("caCertificatePem");
  const other = changedKeys(before, after, [...CONTENT, "renewBeforeDays"]).length > 0;
  return { changes: replaces.length > 0 || olds.renewalDue || other, replaces };
}

/** Whether the CA expires before the next certificate would. */
function authorityEnds(olds: TlsCertificateState, news: TlsCertificateInputs): boolean {
  const life = (news.validityDays ?? DEFAULT_VALIDITY_DAYS) * DAY_MILLISECONDS;
  return Date.parse(olds.caNotAfter) < Date.parse(olds.notAfter) + life;
}

/** With defaults filled in, so that writing a default explicitly is no change. */
function comparable(inputs: TlsCertificateInputs) {
  return {
    dnsNames: sorted(inputs.dnsNames),
    ipAddresses: sorted(inputs.ipAddresses),
    commonName: inputs.commonName ?? DEFAULT_COMMON_NAME,
    organization: inputs.organization ?? DEFAULT_ORGANIZATION,
    validityDays: inputs.validityDays ?? DEFAULT_VALIDITY_DAYS,
    renewBeforeDays: inputs.renewBeforeDays ?? DEFAULT_RENEW_BEFORE_DAYS,
    authority: inputs.authority,
  };
}

/** An unknown list is a string in a preview. */
function sorted(names: readonly string[]): readonly string[] {
  return Array.isArray(names) ? [...names].sort() : names;
}

async function create(inputs: TlsCertificateInputs) {
  const authority =
    inputs.authority === undefined ? await issueAuthority(inputs) : await givenAuthority(inputs.authority);
  const leaf = await issueLeaf(inputs, authority);
  return {
    id: await fingerprint(inputs.authority === undefined ? authority.caCertificatePem : leaf.certificatePem),
    state: { ...inputs, ...authority, ...leaf, renewalDue: false, schemaVersion: SCHEMA_VERSION },
  };
}

/** There is no server to ask: only the clock can make a renewal due. */
async function read(_id: string, state: TlsCertificateState) {
  const days = Math.floor((Date.parse(state.notAfter) - Date.now()) / DAY_MILLISECONDS);
  const renewalDue = days < (state.renewBeforeDays ?? DEFAULT_RENEW_BEFORE_DAYS);
  if (renewalDue) {
    const when = days < 0 ? `expired on ${state.notAfter}` : `expires in ${days} days, on ${state.notAfter}`;
    report(`TlsCertificate ${nameOf(state)}: ${when}; the next pulumi up makes a new one`);
  }
  return { state: { ...state, renewalDue }, inputs: pick(state, [...INPUT_KEYS, "owner"]) };
}

async function update(
  _id: string,
  olds: TlsCertificateState,
  news: TlsCertificateInputs,
): Promise<TlsCertificateState> {
  const { caCertificatePem, caPrivateKeyPem, caNotAfter, certificatePem, privateKeyPem, notAfter } = olds;
  const authority =
    news.authority === undefined
      ? { caCertificatePem, caPrivateKeyPem, caNotAfter }
      : await givenAuthority(news.authority);
  const reissue = olds.renewalDue || changedKeys(comparable(olds), comparable(news), CONTENT).length > 0;
  const leaf = reissue ? await issueLeaf(news, authority) : { certificatePem, privateKeyPem, notAfter };
  return { ...news, ...authority, ...leaf, renewalDue: false, schemaVersion: SCHEMA_VERSION };
}
