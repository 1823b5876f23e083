import { predict } from "../../../clients/opensearch/predict";
import type { OpenSearchServer } from "../../../clients/opensearch/server";
import { Deadline } from "../../../clients/wait";
import { messageOf } from "../../../diagnosis/failure";

/** What came of questions that were put one after the other. */
export interface Asked {
  readonly answers: number;
  /** What the client said of the others. */
  readonly lost: readonly string[];
  /** Longest time between two answers. */
  readonly longestSeconds: number;
}

/** Puts questions until it is told to stop. */
export function keepAsking(server: OpenSearchServer, modelId: string, patienceSeconds: number) {
  let isOver = false;
  let answers = 0;
  let [last, longest] = [performance.now(), 0];
  const lost: string[] = [];
  const asking = (async () => {
    while (!isOver) {
      try {
        await predict(server, modelId, { prompt: "Why is the sky blue?" }, Deadline.after(patienceSeconds * 1000));
        answers += 1;
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      } catch (error) {
        lost.push(messageOf(error));
      }
    }
  })();
  return {
    /** How many answers there were so far. */
    get answers(): number {
      return answers;
    },
    async stop(): Promise<Asked> {
      isOver = true;
      await asking;
      return { answers, lost, longestSeconds: Math.round(longest / 100) / 10 };
    },
  };
}
