import * as pulumi from "@pulumi/pulumi";

/** Length that OpenSearch's own installer asks of the first admin password, and the kinds of characters. */
const STRONG = [/.{8,}/, /[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];

/** Completes "It …"; what OpenSearch refuses would show only in the container's log, after minutes of waiting. */
export const adminPasswordRule =
  "must have 8 characters at least, with upper and lower case, a digit and a special character, or OpenSearch will not start";

export function isStrong(password: string): boolean {
  return STRONG.every((kind) => kind.test(password));
}

/** Stops, in preview where the password is known then, on one that OpenSearch would refuse. */
export function requireStrong(password: string, component: string): string {
  if (isStrong(password)) return password;
  throw new pulumi.RunError(
    `OllamaChatStack ${JSON.stringify(component)}: opensearch.adminPassword is too weak: it ${adminPasswordRule}.`,
  );
}
