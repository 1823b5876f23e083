import { ask, type Outputs } from "../../../toolchain/demo/question";

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
