import {
  type ConnectorBody,
  type ConnectorDocument,
  countsAsUsed,
  deleteConnector,
  findConnectors,
  patchConnector,
} from "../../clients/opensearch/connectors";
import { usersOfModel } from "../../clients/opensearch/model-users";
import { findModelsByConnector } from "../../clients/opensearch/models";
import type { OpenSearchServer } from "../../clients/opensearch/server";
import { report } from "../../clients/report";
import { type Owned, stackMark } from "../shared/ownership";
import { notInState } from "../shared/run-memory";
import { OWNER_PARAMETER } from "./inputs";

/** Identifies the resource that created a connector. Stored in a hidden parameter of the connector. */
export interface ConnectorMark {
  /** URN of the resource. */
  readonly owner: string;
  /** Hash of the stack (see `stackMark`). Absent in marks of releases up to 0.2. */
  readonly stack?: string;
  /** Hash of the body without the credential. */
  readonly fingerprint: string;
  /** Random id of the `create` that made the connector or took it over last. */
  readonly instance: string;
}

export function markText({ owner, stack, fingerprint, instance }: ConnectorMark): string {
  return `${owner}${stack === undefined ? "" : `#${stack}`} ${fingerprint} ${instance}`;
}

/** The mark of a connector, if it has one. */
export function markIn({ parameters }: Pick<ConnectorDocument, "parameters">): ConnectorMark | undefined {
  const text = parameters[OWNER_PARAMETER] ?? "";
  const [, owner, stack, fingerprint, instance] =
    /^(.*?)(?:#([0-9a-f]{8}))? ([0-9a-f]+) ([0-9a-f]+)$/s.exec(text) ?? [];
  if (owner === undefined || fingerprint === undefined || instance === undefined) return undefined;
  return { owner, stack, fingerprint, instance };
}

export interface MarkedConnector {
  readonly id: string;
  readonly connector: ConnectorDocument;
  readonly mark: ConnectorMark;
}

/** Connectors with the mark of this resource that no model uses. */
export async function findUnusedConnectors(server: OpenSearchServer, owned: Owned): Promise<MarkedConnector[]> {
  const { owner } = owned;
  if (!owner) return [];
  const stack = stackMark(owned);
  const unused: MarkedConnector[] = [];
  for (const { id, connector } of await findConnectors(server, OWNER_PARAMETER, owner)) {
    const mark = markIn(connector);
    if (mark === undefined || mark.owner !== owner || (mark.stack ?? stack) !== stack) continue;
    if ((await findModelsByConnector(server, id)).length === 0) unused.push({ id, connector, mark });
  }
  return unused;
}

/**
 * Takes over a connector of an interrupted run. Renews the mark, so that a delete with an older state leaves the
 * connector alone, and the credential, which cannot be read and compared.
 *
 * @returns false if the server considers the connector in use.
 */
export async function takeOver(
  server: OpenSearchServer,
  id: string,
  mark: ConnectorMark,
  credential: ConnectorBody["credential"],
): Promise<boolean> {
  try {
    await patchConnector(server, id, { parameters: { [OWNER_PARAMETER]: markText(mark) }, credential });
    return true;
  } catch (error) {
    if (countsAsUsed(error)) return false;
    throw error;
  }
}

/**
 * Deletes the other connectors that interrupted runs of a resource left. One that an agent or a pipeline uses stays,
 * and so does one whose users cannot be listed.
 */
export async function removeOthers(server: OpenSearchServer, id: string, owned: Owned, title: string): Promise<void> {
  for (const other of notInState(await findUnusedConnectors(server, owned), id)) {
    const users = await usersOfModel(server, other.id).catch(() => ["somebody (this user may not see who)"]);
    if (users.length > 0) {
      report(
        `warning: ${title}: the connector ${other.id} has its mark too, but is kept: it is used by ${users.join(", ")}`,
      );
      continue;
    }
    report(`${title}: removes the connector ${other.id}, which an interrupted run left`);
    await deleteConnector(server, other.id);
  }
}
