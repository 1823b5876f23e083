import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../../toolchain/package-root";
import { run } from "../../toolchain/run";
import { BareChain, send } from "../bare";
import type { BenchCase } from "../bench-case";
import type { Row } from "../results";
import { openCluster, startOllama } from "../servers";
import { inTurns, seconds } from "../turns";

const TOKENS = 100;
/** Asks for so much that the model does not end before the last token. */
const PROMPT = "Write a long story about a lighthouse keeper and the sea.";
/** The same text each time, of the same length, on one thread. */
const OPTIONS = { num_predict: TOKENS, temperature: 0, seed: 7, num_thread: 1 };
const CLI = join(packageRoot, "dist", "cli", "main.js");

/** A question through OpenSearch and by `ollama-chat ask`, beside the same question straight to Ollama. */
export const answers: BenchCase = {
  id: "answers",
  question: "How much later does an answer come than from Ollama alone?",
  run: async ({ runs, toolchain }) => {
    const cluster = await openCluster(toolchain);
    const ollama = await startOllama(toolchain);
    const model = toolchain.chatModel;
    const chain = new BareChain(cluster.endpoint, { server: ollama.endpoint, model, options: OPTIONS });
    try {
      await chain.make(1);
      const alone = () => askOllama(ollama.endpoint, model);
      const { modelId } = chain;
      const flags = ["--opensearch", cluster.endpoint, "--model-id", modelId, "--json"];
      // Loads the model, and fills its cache of the prompt as every later question finds it.
      await alone();
      const samples = await inTurns(runs, {
        alone: async () => ({ seconds: await seconds(alone) }),
        through: async () => ({ seconds: await seconds(() => chain.ask(modelId, PROMPT)) }),
        byCommand: async () => ({
          seconds: await seconds(() => run(process.execPath, [CLI, "ask", PROMPT, ...flags])),
        }),
      });
      const beside = [{ name: "Ollama alone", samples: [...samples.alone.seconds] }];
      const row = (by: string, times: readonly number[], limit: number, advice: string): Row => ({
        what: `an answer of ${TOKENS} tokens ${by}`,
        unit: "s",
        samples: [...times],
        beside,
        act: { on: "quotient", is: "above", limit, advice },
      });
      return {
        rows: [
          row("through OpenSearch", samples.through.seconds, 1.1, "look for a rate limit or a busy cluster"),
          row(
            "by `ollama-chat ask`",
            samples.byCommand.seconds,
            2,
            "use `ollama-chat chat`: one process for many questions",
          ),
        ],
      };
    } finally {
      await chain.remove().finally(() => Promise.all([ollama.stop(), cluster.stop()]));
    }
  },
};

async function askOllama(endpoint: string, model: string): Promise<void> {
  const body = { model, prompt: PROMPT, stream: false, options: OPTIONS };
  const answer = z.object({ eval_count: z.number() }).parse(await send(`${endpoint}/api/generate`, "POST", body));
  if (answer.eval_count !== TOKENS) throw new Error(`The answer had ${answer.eval_count} tokens, not ${TOKENS}.`);
}
