import { ServerError } from "../errors";

/** Said of a shard that is not there yet, some time after a restart, under a status of 500 or 404 (3.6.0). */
const UNREADABLE = /Failed to get data object from index/;

/** True for the server's "it is not there". That an index cannot be read just now is another thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404 && !UNREADABLE.test(error.reason);
}

/** The value, or `undefined` where the server says that the thing is not there. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
