import { until } from "../../support/until";

/** More than this, and nothing answers at all. */
const MOST_LOST = 50;

/** Puts questions all the time, a number of them at once, each with a number of its own. */
export function answersThrough(ask: () => Promise<void>, atOnce: number) {
  const running = new Set<number>();
  const lost: number[] = [];
  const reasons: string[] = [];
  let [count, answered, stopped] = [0, 0, false];
  const caller = async () => {
    while (!stopped) {
      const question = ++count;
      running.add(question);
      try {
        await ask();
        answered += 1;
      } catch (error) {
        lost.push(question);
        reasons.push(String(error));
        if (lost.length > MOST_LOST) throw new Error(`Too many questions are lost: ${reasons.slice(0, 3).join("; ")}`);
      }
      running.delete(question);
    }
  };
  const callers = Array.from({ length: atOnce }, caller);
  return {
    /** Waits for so many more answers. */
    answers: async (more: number) => {
      const wanted = answered + more;
      await Promise.race([until(`${more} more answers`, () => answered >= wanted), Promise.all(callers)]);
    },
    /** The questions whose answers are being written. */
    now: () => ({ begun: [...running] }),
    stop: async () => {
      stopped = true;
      await Promise.all(callers);
      return { answered, lost, reasons };
    },
  };
}

/** How an answer arrives that a model writes word by word. */
export async function streamOf(endpoint: string, model: string) {
  const started = performance.now();
  const messages = [{ role: "user", content: "Count to a hundred." }];
  const body = JSON.stringify({ model, messages, options: { num_predict: 60, num_thread: 1 } });
  const answer = await fetch(`${endpoint}/api/chat`, { method: "POST", body });
  let [chunks, firstAfter] = [0, 0];
  for await (const _ of answer.body ?? []) {
    chunks += 1;
    if (chunks === 1) firstAfter = (performance.now() - started) / 1000;
  }
  return { chunks, firstAfter, seconds: (performance.now() - started) / 1000 };
}
