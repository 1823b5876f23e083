import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../toolchain/package-root";
import type { BenchCase } from "../bench-case";
import { EngineStack } from "../support/engine-stack";
import { inTurns, seconds } from "../support/in-turns";
import { ModelChain } from "../support/model-chain";
import { insidePrediction, type Ollama, readGenerated, startOllama } from "../support/ollama";

const TOKENS = 100;
/** Long enough an answer that the model does not end before the last token. */
const PROMPT = "Write a long story about a lighthouse keeper and the sea.";
const OPTIONS = { num_predict: TOKENS, temperature: 0, seed: 7, num_thread: 1 };
const CLI = join(packageRoot, "dist", "cli", "main.js");

/** A question through the chain and through `ollama-chat ask`, against the same question straight to Ollama. */
export const prediction: BenchCase = {
  id: "B9",
  title: "An answer of 100 tokens through the chain, and by `ollama-chat ask`, ÷ straight from Ollama",
  run: async ({ runs, toolchain, shared }, measured) => {
    const ollama = await startOllama(toolchain);
    try {
      const chain = await ModelChain.open(await shared.open(), ollama, toolchain.chatModel, OPTIONS);
      try {
        await askAll(chain, ollama, runs, measured);
      } finally {
        await chain.close();
      }
      return chain.cluster.version;
    } finally {
      await ollama.stop();
    }
  },
};

type Measured = Parameters<BenchCase["run"]>[1];

async function askAll(chain: ModelChain, ollama: Ollama, runs: number, measured: Measured): Promise<void> {
  // Loads the model, and fills its cache of the prompt as every later question finds it.
  await chain.askDirectly(PROMPT);
  const tokens = new Set<number>();
  const command = ["--opensearch", chain.cluster.connection.endpoint, "--model-id", chain.chain.modelId];
  const direct = async () => tokens.add(readGenerated(await chain.askDirectly(PROMPT)).tokens);
  const through = async () => tokens.add(readGenerated(insidePrediction(await chain.ask(PROMPT))).tokens);
  const samples = await inTurns(runs, { direct, through, byCommand: () => askByCommand(command) });
  const what = `answer of ${TOKENS} tokens`;
  const base = measured.figure(what, "Ollama directly", "s", samples.direct).median;
  const chained = measured.figure(what, "through OpenSearch", "s", samples.through).median;
  const commanded = measured.figure(what, "ollama-chat ask", "s", samples.byCommand).median;
  measured.verdict("through OpenSearch ÷ directly", chained / base, "ratio", { is: "at most", value: 1.1 });
  measured.verdict("ollama-chat ask ÷ directly", commanded / base, "ratio", { is: "at most", value: 1.1 });
  if (tokens.size !== 1 || !tokens.has(TOKENS)) {
    measured.note(`Answers had ${[...tokens].join(" and ")} tokens instead of ${TOKENS}.`);
  }
  measured.figure("read a stack's outputs", "pulumi stack output", "s", await outputTimes(chain, ollama, runs));
  measured.note(
    "`ollama-chat ask` is a whole process each time; reading a stack's outputs, apart, adds the CLI of Pulumi, which derives the key from the passphrase.",
  );
}

async function askByCommand(flags: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [CLI, "ask", PROMPT, "--json", ...flags]);
}

/** Seconds of `pulumi stack output` on the package's own stack, on the same servers. */
async function outputTimes(chain: ModelChain, ollama: Ollama, runs: number): Promise<number[]> {
  const stack = await EngineStack.ofPackage({
    opensearchEndpoint: chain.cluster.connection.endpoint,
    ollamaEndpoint: ollama.endpoint,
    modelOptions: OPTIONS,
  });
  try {
    await stack.run("up");
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) times.push(await seconds(() => stack.outputs()));
    return times;
  } finally {
    await stack.run("destroy").finally(() => stack.remove());
  }
}
