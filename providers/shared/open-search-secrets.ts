import { type Connection, PASSWORD_OVERRIDE } from "../../clients/opensearch/connect";

/** Secret texts that a resource's connection brings with it. */
export function connectionSecrets(properties: object): (string | undefined)[] {
  const connection = (properties as { connection?: Connection }).connection;
  const fromVariable = connection?.passwordEnv === undefined ? undefined : process.env[connection.passwordEnv];
  const passwords = [connection?.password, fromVariable, process.env[PASSWORD_OVERRIDE]].filter((text) => text);
  // Together with the user they make up the header of basic authentication.
  return passwords.flatMap((password) => [password, `${connection?.username}:${password}`]);
}
