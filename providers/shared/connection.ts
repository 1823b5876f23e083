import { z } from "zod";
import { AwsService } from "../../clients/opensearch/aws-signing";
import { BASE_URL_RULE, baseUrlProblem } from "./base-url";
import { isUsername, seconds, usernameRule } from "./values";

export type { Connection } from "../../clients/opensearch/connect";
export { AwsService };

/** A server's base URL: http or https and a host, with an optional port and path prefix of a proxy. */
export const endpointSchema = z.string(BASE_URL_RULE).superRefine((text, context) => {
  const message = baseUrlProblem(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

const variableRule = "must be the name of an environment variable, such as OPENSEARCH_PASSWORD";

const certificateRule = "must be PEM text that begins with BEGIN CERTIFICATE";
const certificate = z.string("must be PEM text").includes("-----BEGIN CERTIFICATE-----", { message: certificateRule });
const keyRule = "must be PEM text that begins with BEGIN PRIVATE KEY, without a passphrase";
const key = z.string("must be PEM text").regex(/-----BEGIN (?:EC |RSA )?PRIVATE KEY-----/, keyRule);
const regionRule = "must be a region of AWS, such as eu-central-1";
const serviceRule = `must be one of ${Object.values(AwsService).join(", ")}`;
const awsKeyRule = "must be text without blanks";
const awsKey = z.string(awsKeyRule).regex(/^[!-~]+$/, awsKeyRule);

/** How to sign requests for AWS. */
export const awsSigningSchema = z
  .strictObject(
    {
      region: z.string(regionRule).regex(/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, regionRule),
      service: z.enum(Object.values(AwsService), serviceRule).optional(),
      accessKeyId: awsKey.optional(),
      secretAccessKey: awsKey.optional(),
      sessionToken: awsKey.optional(),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? "Allowed: region, service, accessKeyId, secretAccessKey, sessionToken."
          : 'must be an object such as { region: "eu-central-1" }',
    },
  )
  .refine((aws) => (aws.accessKeyId === undefined) === (aws.secretAccessKey === undefined), {
    path: ["accessKeyId"],
    message: "accessKeyId and secretAccessKey go together; without both, AWS's standard chain is used",
  })
  .refine((aws) => aws.sessionToken === undefined || aws.secretAccessKey !== undefined, {
    path: ["sessionToken"],
    message: "must be given together with accessKeyId and secretAccessKey",
  });

export const connectionSchema = z
  .strictObject(
    {
      endpoint: endpointSchema,
      endpoints: z.array(endpointSchema, "must be a list of URLs").optional(),
      username: z.string("must be text").min(1, "must not be empty").refine(isUsername, usernameRule).optional(),
      password: z.string("must be text").min(1, "must not be empty").optional(),
      passwordEnv: z
        .string(variableRule)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, variableRule)
        .optional(),
      aws: awsSigningSchema.optional(),
      caCertificate: certificate.optional(),
      caCertificateFile: z.string("must be a path").min(1, "must not be empty").optional(),
      clientCertificate: certificate.optional(),
      clientKey: key.optional(),
      skipTlsVerify: z.boolean("must be true or false").optional(),
      requestTimeoutSeconds: seconds.optional(),
      maxRetries: z.int("must be a whole number").min(0, "must be 0 or more").max(20, "must be 20 at most").optional(),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? "Allowed: endpoint, endpoints, username, password, passwordEnv, aws, caCertificate, caCertificateFile, clientCertificate, clientKey, skipTlsVerify, requestTimeoutSeconds, maxRetries."
          : 'must be an object such as { endpoint: "https://localhost:9200" }',
    },
  )
  .refine((c) => !(c.password !== undefined && c.passwordEnv !== undefined), {
    path: ["passwordEnv"],
    message: "give either password or passwordEnv, not both",
  })
  .refine((c) => c.username !== undefined || (c.password === undefined && c.passwordEnv === undefined), {
    path: ["username"],
    message: "must be given together with a password",
  })
  .refine((c) => (c.clientCertificate === undefined) === (c.clientKey === undefined), {
    path: ["clientKey"],
    message: "clientCertificate and clientKey must be given together",
  })
  .refine((c) => c.aws === undefined || (c.username === undefined && c.password === undefined), {
    path: ["aws"],
    message: "give either aws or username and password, not both",
  });
