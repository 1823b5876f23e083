import type { BenchCase } from "../bench-case";
import type { Measured } from "../measured";
import { summarise } from "../statistics";
import {
  awaitDeployed,
  closeSettings,
  makeConnector,
  makeGroup,
  openSettings,
  predict,
  registerModel,
  removeConnector,
  removeGroup,
  removeModel,
} from "../support/bare-chain";
import { BareClient } from "../support/bare-client";
import type { Cluster } from "../support/cluster";
import { perSecond } from "../support/load";
import { ModelChain } from "../support/model-chain";
import { openModelServer } from "../support/model-server";
import { insidePrediction, modelsOf, type Ollama, readGenerated, startOllama } from "../support/ollama";

/** The guide's own question. */
const PROMPT = "Why is the sky blue? Please explain in a simple way.";
const OPTIONS = { num_predict: 64, temperature: 0, seed: 7, num_thread: 1 };
const CALLERS = [1, 2, 3, 4];
const QUESTIONS_OF_A_CALLER = 2;
const HOPS = 100;

/** The guide's tables, measured again: latency, the hop through OpenSearch, requests a minute, tokens a second. */
export const guideTables: BenchCase = {
  id: "B11",
  title: "The guide's tables: latency, hop through OpenSearch, requests a minute, tokens a second",
  run: async ({ runs, toolchain, shared }, measured) => {
    const cluster = await shared.open();
    await measureHop(cluster, runs, measured);
    const ollama = await startOllama(toolchain);
    try {
      const { chat, embedding } = await modelsOf(ollama);
      for (const model of chat) {
        const chain = await ModelChain.open(cluster, ollama, model, OPTIONS);
        await measureModel(chain, model, runs, measured).finally(() => chain.close());
      }
      for (const model of embedding) await measureEmbedding(ollama, model, runs, measured);
      if (embedding.length === 0) measured.note("No embedding model is among those that this machine has.");
      return cluster.version;
    } finally {
      await ollama.stop();
    }
  },
};

/** What OpenSearch adds to a question: with a model server that answers at once, nothing else is left. */
async function measureHop({ connection }: Cluster, runs: number, measured: Measured): Promise<void> {
  const stub = await openModelServer();
  const [bare, directly] = [new BareClient(connection), new BareClient({ endpoint: stub.endpoint })];
  const made: (() => Promise<unknown>)[] = [];
  try {
    await openSettings(bare);
    made.push(() => closeSettings(bare));
    const groupId = await makeGroup(bare, `bench-${process.pid}-hop`);
    made.push(() => removeGroup(bare, groupId));
    const connectorId = await makeConnector(bare, "bench-hop", stub.endpoint);
    made.push(() => removeConnector(bare, connectorId));
    const modelId = await registerModel(bare, "bench-hop", { groupId, connectorId }, true);
    made.push(() => removeModel(bare, modelId));
    await awaitDeployed(bare, modelId);
    const through = async () => await predict(bare, modelId);
    const direct = async () => await directly.send("POST", "/api/generate", { model: "stub", prompt: PROMPT });
    const milliseconds = async (send: () => Promise<unknown>) =>
      1000 / (await perSecond(send, { requests: HOPS, callers: 1 }));
    await milliseconds(through);
    const hops: number[] = [];
    for (let run = 0; run < runs; run += 1) hops.push((await milliseconds(through)) - (await milliseconds(direct)));
    measured.figure("the hop through OpenSearch", "a model that answers at once", "ms", hops);
  } finally {
    for (const remove of made.reverse()) await remove();
    bare.close();
    directly.close();
    await stub.stop();
  }
}

async function measureModel(chain: ModelChain, model: string, runs: number, measured: Measured): Promise<void> {
  await chain.askDirectly(PROMPT);
  const latencies: number[] = [];
  const speeds: number[] = [];
  const tokens: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    const answer = readGenerated(insidePrediction(await chain.ask(PROMPT)));
    latencies.push((performance.now() - started) / 1000);
    speeds.push(answer.tokensPerSecond);
    tokens.push(answer.tokens);
  }
  const length = summarise(tokens).median;
  measured.figure(`average latency, ${length} tokens`, model, "s", latencies);
  measured.figure("tokens", model, "perSecond", speeds);
  measured.figure("tokens of an answer", model, "count", tokens);
  for (const callers of CALLERS) {
    const rates: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const load = { requests: callers * QUESTIONS_OF_A_CALLER, callers };
      rates.push(60 * (await perSecond(() => chain.ask(PROMPT), load)));
    }
    measured.figure("requests through OpenSearch, parallel callers", model, "perMinute", rates, callers);
  }
  measured.note(
    `${model}: no request was refused or delayed by a limit, with up to ${CALLERS.at(-1)} callers at once.`,
  );
}

async function measureEmbedding({ bare }: Ollama, model: string, runs: number, measured: Measured): Promise<void> {
  const embed = async () => await bare.send("POST", "/api/embed", { model, input: [PROMPT] });
  await embed();
  const rates: number[] = [];
  for (let run = 0; run < runs; run += 1) rates.push(await perSecond(embed, { requests: 20, callers: 1 }));
  measured.figure("embeddings, straight from Ollama", model, "perSecond", rates);
}
