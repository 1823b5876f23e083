import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { serverVersion } from "../../../clients/ollama/models";
import { OllamaServer } from "../../../clients/ollama/server";
import { openSearch } from "../../../clients/opensearch/connect";
import { ingest } from "../../../rag/ingest";
import { describePassageIndex } from "../../../rag/passage-index";
import { packageRoot } from "../../toolchain/package-root";
import { readSelection } from "../../toolchain/selection";
import { load, machine } from "../support/machine";
import { startOllama } from "../support/ollama";
import { SharedCluster } from "../support/shared-cluster";
import { measureRecall } from "./measure";
import { recallPage, writeRecallPage } from "./page";
import { type RecallQuestion, readQuestions } from "./questions";
import { EMBEDDING_MODEL, makeRagWorld, type RagServers, type RagWorld } from "./rag-world";
import type { RecallResults } from "./results";

const USAGE = `Usage: npm run recall [-- options]

Ingests examples/rag/documents into a real OpenSearch with a real embedding model, asks the questions of
examples/rag/questions.json in every way of retrieval, ranked by the cluster and by ollama-chat, and writes
docs/bench/recall.json and the table in docs/rag.md.

  --no-write     print only
  --missed       name the questions whose passage was not among the first three`;

const EXAMPLE = join(packageRoot, "examples", "rag");
const RESULTS = join(packageRoot, "docs", "bench", "recall.json");
const PAGE = join(packageRoot, "docs", "rag.md");

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      write: { type: "boolean", default: true },
      missed: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const questions = readQuestions(join(EXAMPLE, "questions.json"));
  const world = await openWorld();
  try {
    const results = await measure(world, questions);
    console.log(recallPage(results));
    const { threshold, kept, refused } = results.threshold.chosen;
    console.log(`\nThe questions to choose by choose the threshold ${threshold}: ${kept} kept, ${refused} refused.`);
    if (values.missed)
      for (const { retrieval, by, question, found } of results.missed)
        console.log(`${retrieval} by the ${by}: ${question} -> ${found}`);
    if (values.write) write(results);
    return 0;
  } finally {
    await world.stop();
  }
}

/** Servers of the toolchain, started for the measurement, and what is made on them. */
interface World extends RagServers, RagWorld {
  /** OpenSearch's. */
  readonly version: string;
  stop(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const selection = readSelection();
  if (selection === undefined) throw new Error("Recall is measured under the toolchain: npm run recall.");
  const opensearch = new SharedCluster(selection, say);
  const stops: (() => Promise<void>)[] = [() => opensearch.stop()];
  const stop = async () => {
    for (const each of stops) await each();
  };
  try {
    const [{ connection, version }, ollama] = await Promise.all([opensearch.open(), startOllama(selection)]);
    stops.push(() => ollama.stop());
    const servers = { connection, ollamaEndpoint: ollama.endpoint, chatModel: selection.chatModel };
    return { ...servers, ...(await makeRagWorld(servers)), version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function say(line: string): void {
  console.error(line);
}

async function measure(world: World, questions: readonly RecallQuestion[]): Promise<RecallResults> {
  const server = openSearch(world.connection);
  const index = await describePassageIndex(server, world.index, EMBEDDING_MODEL);
  const { embeddingModelId } = world;
  const { files, passages, written, seconds } = await ingest({
    server,
    index,
    embeddingModelId,
    folder: join(EXAMPLE, "documents"),
  });
  say(`${passages} passages of ${files} documents in ${seconds.toFixed(1)} s`);
  const before = load();
  const measures = await measureRecall({ server, index, embeddingModelId }, questions);
  const { processor, cores } = machine();
  const ollama = await serverVersion(new OllamaServer(world.ollamaEndpoint));
  const unanswered = questions.filter(({ kind }) => kind === "unanswered").length;
  return {
    v: 2,
    measuredAt: new Date().toISOString(),
    machine: { processor, cores },
    load: { before, after: load() },
    versions: { OpenSearch: world.version, Ollama: ollama, [EMBEDDING_MODEL]: "F16" },
    corpus: { files, passages, answered: questions.length - unanswered, unanswered },
    ingestedPerSecond: Math.round((written / seconds) * 10) / 10,
    ...measures,
  };
}

function write(results: RecallResults): void {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writeRecallPage(PAGE, results);
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
