/** How to sign requests for a managed domain of AWS (Signature Version 4). */
export interface AwsSigning {
  /** Region of the domain, such as `eu-central-1`. */
  readonly region: string;
  /** `es` for a domain, `aoss` for a serverless collection. Default: `es`. */
  readonly service?: string;
  /** Access key. Default: AWS's standard chain of credentials, read when needed, so that they are in no state. */
  readonly accessKeyId?: string;
  /** Secret key of `accessKeyId`; encrypted in the state. */
  readonly secretAccessKey?: string;
  /** Token of a temporary `accessKeyId`; encrypted in the state. */
  readonly sessionToken?: string;
}

/** What the signer may sign for. */
export const AwsService = {
  /** A domain of Amazon OpenSearch Service. */
  es: "es",
  /** A collection of Amazon OpenSearch Serverless. */
  aoss: "aoss",
} as const;
