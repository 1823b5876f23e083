import type { Call } from "./server-call";

/**
 * Whether all ids that a running server generates share a word. The server searches for a connector's models word by
 * word, split at "-". With a shared word, it considers every connector in use as long as any model exists.
 */
export async function idsShareWords(call: Call): Promise<boolean> {
  const { _id: id, error } = await call("POST", "/ids/_doc", {});
  if (typeof id !== "string") throw new Error(`The server makes no ids: ${JSON.stringify(error)}`);
  await call("DELETE", "/ids");
  // The constant part of its 20 characters: the upper bits of the time, and the process's node number.
  return id.slice(4, 16).includes("-");
}
