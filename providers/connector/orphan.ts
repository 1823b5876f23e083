import { type ConnectorBody, findConnectors, patchConnector } from "../../clients/opensearch/connectors";
import { findModelsByConnector } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { OWNER_PARAMETER } from "./inputs";

/** What a connector says of its maker, in one hidden parameter. */
export interface Mark {
  /** URN of the resource. */
  readonly owner: string;
  /** Hash of the body without the credential. */
  readonly fingerprint: string;
  /** Random; changes hands when a later resource takes the connector over. */
  readonly instance: string;
}

export function mark({ owner, fingerprint, instance }: Mark): string {
  return `${owner} ${fingerprint} ${instance}`;
}

export function parseMark(text: string | undefined): Mark | undefined {
  const [, owner, fingerprint, instance] = /^(.*) ([0-9a-f]+) ([0-9a-f]+)$/.exec(text ?? "") ?? [];
  if (owner === undefined || fingerprint === undefined || instance === undefined) return undefined;
  return { owner, fingerprint, instance };
}

/**
 * Takes over the connector that an interrupted run of the same resource left: same owner, same body, used by no
 * model. A connector in use is never taken: during a replacement the live one has the same owner. Taking over renews
 * the mark, so that a delete of an older resource leaves the connector alone, and the credential, which cannot be read.
 */
export async function adoptOrphan(
  server: OpenSearchServer,
  body: ConnectorBody,
  marker: string,
): Promise<string | undefined> {
  const wanted = parseMark(marker);
  if (wanted === undefined || wanted.owner === "") return undefined;
  for (const { id, connector } of await findConnectors(server, body.name)) {
    const found = parseMark(connector.parameters[OWNER_PARAMETER]);
    if (found?.owner !== wanted.owner || found.fingerprint !== wanted.fingerprint) continue;
    if ((await findModelsByConnector(server, id)).length > 0) continue;
    await patchConnector(server, id, { parameters: { [OWNER_PARAMETER]: marker }, credential: body.credential });
    return id;
  }
  return undefined;
}
