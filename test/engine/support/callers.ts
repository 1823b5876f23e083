import { ask, type Outputs } from "../../../tools/toolchain/demo/question";

/** Asks without a pause until stopped, and remembers every answer and every failure. */
export function keepAsking(send: () => Promise<void>): { stop(): Promise<{ answered: number; failures: string[] }> } {
  let stopped = false;
  let answered = 0;
  const failures: string[] = [];
  const loop = (async () => {
    while (!stopped) {
      try {
        await send();
        answered += 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
      return { answered, failures };
    },
  };
}

export async function answered(outputs: Outputs): Promise<string> {
  return (await ask("Why is the sky blue?", outputs)).text;
}

/** The same at a steady rate, each question on its own, as many callers would. */
export function askAtRate(
  perSecond: number,
  send: () => Promise<void>,
): { stop(): Promise<{ answered: number; failures: string[] }> } {
  let answered = 0;
  const failures: string[] = [];
  const running: Promise<void>[] = [];
  const ask = async () => {
    try {
      await send();
      answered += 1;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(() => running.push(ask()), 1000 / perSecond);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running);
      return { answered, failures };
    },
  };
}
