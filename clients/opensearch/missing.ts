import { ServerError } from "../errors";

/**
 * True for the server's "it is not there". Some of these are not a 404: a missing group in a registration is a 500,
 * and so are calls on a model while the model index is absent (seen on 3.4.0).
 */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof ServerError)) return false;
  return error.status === 404 || /Failed to get data object from index/.test(error.reason);
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
