import { ServerError } from "../clients/errors";
import { type BulkOperation, bulk } from "../clients/opensearch/documents";
import { retrying } from "../clients/opensearch/retry";
import type { OpenSearchServer } from "../clients/opensearch/server";

/** How often writes are sent again that a busy server put off. With the pauses between them about ten seconds. */
const MAX_RETRIES = 8;

/**
 * Writes in bulk. What the server puts off because it is busy (429) is sent again, alone.
 *
 * @returns the server's reason for each write that it refused, by id.
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
    // Put off to the end: the refusals say so. Anything else, also a request refused as a whole, is thrown.
    if (error !== putOff) throw error;
  }
  return refused;
}
