import type { Call } from "./server-call";

/**
 * Whether the ids that a server makes until it ends share a word with each other. The server looks for the models of a
 * connector word by word, cut at every "-", so it then takes each connector for used as long as there is any model.
 */
export async function idsShareWords(call: Call): Promise<boolean> {
  const { _id: id, error } = await call("POST", "/ids/_doc", {});
  if (typeof id !== "string") throw new Error(`The server makes no ids: ${JSON.stringify(error)}`);
  await call("DELETE", "/ids");
  // Of its 20 characters these stay: the upper part of the time, and the process's own number.
  return id.slice(4, 16).includes("-");
}
