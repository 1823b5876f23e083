import { ServerError } from "../clients/errors";
import { type BulkOperation, bulk } from "../clients/opensearch/documents";
import { retrying } from "../clients/opensearch/retry";
import type { OpenSearchServer } from "../clients/opensearch/server";

/** How often writes are retried on a busy server. With the pauses in between, about ten seconds. */
const MAX_RETRIES = 8;

/**
 * Writes in bulk. Retries only the operations that a busy server rejected (429).
 *
 * @returns the server's reason for each refused write, by id.
 */
export async function writeAll(
  server: OpenSearchServer,
  index: string,
  operations: readonly BulkOperation[],
): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  let rest = operations;
  let putOff: ServerError | undefined;
  const send = async () => {
    const answers = await bulk(server, index, rest);
    const busy = answers.filter(({ status }) => status === 429);
    for (const { id, reason, type } of answers) refused.set(id, type === "" ? reason : `${type}: ${reason}`);
    for (const { id } of rest) if (!answers.some((answer) => answer.id === id)) refused.delete(id);
    rest = rest.filter(({ id }) => busy.some((answer) => answer.id === id));
    const [first] = busy;
    if (first === undefined) return;
    putOff = new ServerError(429, first.type, first.reason, `POST /${index}/_bulk`);
    throw putOff;
  };
  try {
    await retrying(send, { maxRetries: MAX_RETRIES, repeatable: true });
  } catch (error) {
    // Still busy after the last retry: `refused` has the reasons. Any other error is thrown.
    if (error !== putOff) throw error;
  }
  return refused;
}
