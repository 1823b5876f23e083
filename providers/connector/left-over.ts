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
import { notNamed } from "../shared/run-memory";
import { OWNER_PARAMETER } from "./inputs";

/** What a connector says of its maker, in one hidden parameter. */
export interface ConnectorMark {
  /** URN of the resource. */
  readonly owner: string;
  /** Stands for the stack (see `stackMark`). Absent in marks of releases up to 0.2. */
  readonly stack?: string;
  /** Hash of the body without the credential. */
  readonly fingerprint: string;
  /** Random; changes hands when a later resource takes the connector over. */
  readonly instance: string;
}

export function markText({ owner, stack, fingerprint, instance }: ConnectorMark): string {
  return `${owner}${stack === undefined ? "" : `#${stack}`} ${fingerprint} ${instance}`;
}

/** The mark that a connector carries. */
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

/** Connectors that carry the mark of this resource, whichever create made them, and that no model uses. */
export async function findUnused(server: OpenSearchServer, owned: Owned): Promise<MarkedConnector[]> {
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
 * Takes over a connector that an interrupted run left. That renews the mark, so that a delete by an older state leaves the
 * connector alone, and the credential, which cannot be read.
 *
 * @returns false where the server takes it for used.
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
 * Deletes what interrupted runs of a resource left beside its connector, such as a body that the program no longer has.
 * One that an agent or a pipeline names stays, and so does one where that cannot be told.
 */
export async function removeOthers(server: OpenSearchServer, id: string, owned: Owned, title: string): Promise<void> {
  for (const other of notNamed(await findUnused(server, owned), id)) {
    const users = await usersOfModel(server, other.id).catch(() => ["somebody, as far as this user may know"]);
    if (users.length > 0) {
      report(
        `warning: ${title}: the connector ${other.id} carries its mark too, and stays: it is named by ${users.join(", ")}`,
      );
      continue;
    }
    report(`${title}: removes the connector ${other.id}, which an interrupted run left`);
    await deleteConnector(server, other.id);
  }
}
