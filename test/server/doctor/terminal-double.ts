import { PassThrough } from "node:stream";

/** Who answers at a terminal. */
export interface Person {
  readonly keyboard: PassThrough & { readonly isTTY: boolean };
  readonly keys: string;
}

/** What a command writes to, and what was written; `then` comes once some words were. */
export function sink(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const chunks: Buffer[] = [];
  const text = () => Buffer.concat(chunks).toString("utf8");
  let waiting: { readonly words: string; readonly then: () => void } | undefined;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (waiting === undefined || !text().includes(waiting.words)) return;
    const { then } = waiting;
    waiting = undefined;
    // A person sees the question only when it is asked.
    setImmediate(then);
  });
  const whenSaid = (words: string, then: () => void) => {
    waiting = { words, then };
  };
  return { stream, text, whenSaid };
}
