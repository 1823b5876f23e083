import type { IncomingMessage } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Refusal } from "./gateway";

export interface AwsDomain {
  readonly region: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Required of each request if given, as for temporary keys. */
  readonly sessionToken?: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$/;
/** AWS refuses signatures that are older. */
const OLDEST_MILLISECONDS = 5 * 60_000;

/**
 * Why AWS would not take a request, in its words, or `undefined`. The signature is made again from the request as it
 * arrived, by the signer of AWS's own SDK.
 */
export async function refusedByAws(
  request: IncomingMessage,
  body: string,
  domain: AwsDomain,
): Promise<Refusal | undefined> {
  const { authorization = "", "x-amz-date": date, "x-amz-security-token": token } = request.headers;
  const [, key, day, region, service, names = ""] = HEADER.exec(authorization) ?? [];
  if (key === undefined) return refusal("Missing Authentication Token");
  if (key !== domain.accessKeyId || token !== domain.sessionToken) {
    return refusal("The security token included in the request is invalid.");
  }
  if (region !== domain.region || service !== domain.service) {
    return refusal(`Credential should be scoped to a valid region, not '${region}'. `);
  }
  const signedAt = dateOf(String(date));
  if (Math.abs(Date.now() - signedAt.getTime()) > OLDEST_MILLISECONDS || !String(date).startsWith(String(day))) {
    return refusal(`Signature expired: ${date} is now earlier than the time of this request`);
  }
  const signed = await signedAgain(request, body, domain, names.split(";"), signedAt);
  return signed === authorization
    ? undefined
    : refusal(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      );
}

async function signedAgain(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: string,
  { region, service, ...credentials }: AwsDomain,
  names: readonly string[],
  signingDate: Date,
): Promise<string | undefined> {
  const { pathname, searchParams } = new URL(url, "http://host");
  const query: Record<string, string | string[]> = {};
  for (const name of searchParams.keys()) query[name] = searchParams.getAll(name);
  const signedHeaders = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const hostname = String(headers.host);
  const again = { method, protocol: "http:", hostname, path: pathname, query, headers: signedHeaders, body };
  const { headers: made } = await signer.sign(again, { signingDate, signableHeaders: new Set(names) });
  return made.authorization;
}

/** From `20261129T162236Z`. */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function refusal(message: string): Refusal {
  return { status: 403, body: JSON.stringify({ message }) };
}
