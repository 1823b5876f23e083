import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import {
  AUTHORITY_EXTRA_DAYS,
  DEFAULT_COMMON_NAME,
  DEFAULT_ORGANIZATION,
  DEFAULT_VALIDITY_DAYS,
  type GivenAuthority,
  type TlsCertificateInputs,
  type TlsCertificateState,
} from "./inputs";
import { isPair, KEY_ALGORITHM, keyFromPem, keyPem, newKeys, SIGNATURE, serialNumber, x509 } from "./x509";

export type Authority = Pick<TlsCertificateState, "caCertificatePem" | "caPrivateKeyPem" | "caNotAfter">;
export type Leaf = Pick<TlsCertificateState, "certificatePem" | "privateKeyPem" | "notAfter">;

export const DAY_MILLISECONDS = 86_400_000;
/** Certificates are valid from an hour ago, for machines with a slow clock. */
const SKEW_MILLISECONDS = 3_600_000;

/** Makes a CA. */
export async function issueAuthority(inputs: TlsCertificateInputs): Promise<Authority> {
  const library = await x509();
  const keys = await newKeys();
  const organization = inputs.organization ?? DEFAULT_ORGANIZATION;
  const serial = serialNumber();
  const days = (inputs.validityDays ?? DEFAULT_VALIDITY_DAYS) + AUTHORITY_EXTRA_DAYS;
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    // Trust stores look CAs up by name, so the digits keep two of them apart.
    name: [{ CN: [`${organization} CA ${serial.slice(-8)}`] }, { O: [organization] }],
    ...lifetime(days),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new library.BasicConstraintsExtension(true, 0, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign, true),
      await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    caCertificatePem: `${certificate.toString("pem")}\n`,
    caPrivateKeyPem: await keyPem(library, keys.privateKey),
    caNotAfter: certificate.notAfter.toISOString(),
  };
}

/** The given CA, after a check that its certificate and key belong together. */
export async function givenAuthority({ certificatePem, privateKeyPem }: GivenAuthority): Promise<Authority> {
  const library = await x509();
  try {
    const certificate = new library.X509Certificate(certificatePem);
    const key = await keyFromPem(library, privateKeyPem);
    if (!(await isPair(await certificate.publicKey.export(KEY_ALGORITHM, ["verify"]), key))) {
      throw new Error("the key belongs to another certificate");
    }
    const caNotAfter = certificate.notAfter.toISOString();
    return { caCertificatePem: certificatePem, caPrivateKeyPem: privateKeyPem, caNotAfter };
  } catch (error) {
    throw new ExplainedError({
      what: `The authority cannot sign a certificate: ${messageOf(error)}`,
      cause: "Its certificate and key are damaged, do not belong together, or are not ECDSA on P-256.",
      fix: "Give both from one TlsCertificate: { certificatePem: tls.caCertificatePem, privateKeyPem: tls.caPrivateKeyPem }.",
    });
  }
}

/** SHA-256 fingerprint of a certificate, in hex. */
export async function fingerprint(pem: string): Promise<string> {
  const library = await x509();
  return Buffer.from(await new library.X509Certificate(pem).getThumbprint("SHA-256")).toString("hex");
}

/** Makes a certificate for the given names, signed by the CA. Servers and clients can use it. */
export async function issueLeaf(inputs: TlsCertificateInputs, authority: Authority): Promise<Leaf> {
  const library = await x509();
  const issuer = new library.X509Certificate(authority.caCertificatePem);
  const keys = await newKeys();
  const certificate = await library.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [inputs.commonName ?? DEFAULT_COMMON_NAME] }],
    issuer: issuer.subjectName,
    ...lifetime(inputs.validityDays ?? DEFAULT_VALIDITY_DAYS, issuer.notAfter),
    signingAlgorithm: SIGNATURE,
    publicKey: keys.publicKey,
    signingKey: await keyFromPem(library, authority.caPrivateKeyPem),
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
      // Nodes of a cluster are also clients of each other, so one certificate serves both purposes.
      new library.ExtendedKeyUsageExtension([library.ExtendedKeyUsage.serverAuth, library.ExtendedKeyUsage.clientAuth]),
      await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await library.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export(KEY_ALGORITHM, ["verify"])),
      new library.SubjectAlternativeNameExtension([
        ...inputs.dnsNames.map((value) => ({ type: "dns" as const, value })),
        ...inputs.ipAddresses.map((value) => ({ type: "ip" as const, value })),
      ]),
    ],
  });
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: await keyPem(library, keys.privateKey),
    notAfter: certificate.notAfter.toISOString(),
  };
}

/** A certificate must not outlive its CA, or verification fails. */
function lifetime(days: number, atMost?: Date): { notBefore: Date; notAfter: Date } {
  const start = Math.floor((Date.now() - SKEW_MILLISECONDS) / 1000) * 1000;
  const end = start + days * DAY_MILLISECONDS;
  return { notBefore: new Date(start), notAfter: new Date(Math.min(end, atMost?.getTime() ?? end)) };
}
