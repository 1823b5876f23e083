import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { serverVersion } from "../../clients/ollama/models";
import { OllamaServer } from "../../clients/ollama/server";
import { clusterInfo } from "../../clients/opensearch/cluster";
import { openSearch } from "../../clients/opensearch/connect";
import { type IngestReport, ingest } from "../../rag/ingest";
import { describePassageIndex } from "../../rag/passage-index";
import { packageRoot } from "../../toolchain/package-root";
import { readSelection } from "../../toolchain/selection";
import { machine } from "../support/machine";
import { measureRecall, type RecallMeasures } from "./measure";
import { recallPage, writeRecallPage } from "./page";
import { type RecallQuestion, readQuestions } from "./questions";
import { EMBEDDING_MODEL, openRagWorld, type RagWorld } from "./rag-world";
import type { RecallResults } from "./results";

const USAGE = `Usage: npm run recall [-- options]

Ingests examples/rag/documents into a real OpenSearch with a real embedding model, asks the questions of
examples/rag/questions.json in every way of retrieval, and writes docs/bench/recall.json and the table in docs/rag.md.

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
      for (const miss of results.missed) console.log(`${miss.retrieval}: ${miss.question} -> ${miss.found}`);
    if (values.write) write(results);
    return 0;
  } finally {
    await world.stop();
  }
}

function openWorld(): Promise<RagWorld> {
  const selection = readSelection();
  const { images, ollama, chatModel } = selection ?? {};
  if (images === undefined || ollama === undefined || chatModel === undefined) {
    throw new Error("Recall is measured under the toolchain, with Docker and Ollama: npm run recall.");
  }
  const say = (line: string) => console.error(line);
  return openRagWorld({ image: images.opensearch, ollama, chatModel, say });
}

async function measure(world: RagWorld, questions: readonly RecallQuestion[]): Promise<RecallResults> {
  const server = openSearch(world.connection);
  const index = await describePassageIndex(server, world.index, EMBEDDING_MODEL);
  const { embeddingModelId } = world;
  const report = await ingest({ server, index, embeddingModelId, folder: join(EXAMPLE, "documents") });
  console.error(`${report.passages} passages of ${report.files} documents in ${report.seconds.toFixed(1)} s`);
  const measures = await measureRecall({ server, index, embeddingModelId }, questions);
  return await withCircumstances(world, questions, report, measures);
}

async function withCircumstances(
  world: RagWorld,
  questions: readonly RecallQuestion[],
  { files, passages, written, seconds }: IngestReport,
  measures: RecallMeasures,
): Promise<RecallResults> {
  const { processor, cores } = machine();
  const { version } = await clusterInfo(openSearch(world.connection));
  const ollama = await serverVersion(new OllamaServer(world.ollamaEndpoint));
  const unanswered = questions.filter(({ kind }) => kind === "unanswered").length;
  return {
    v: 1,
    measuredAt: new Date().toISOString(),
    machine: { processor, cores },
    versions: { OpenSearch: version, Ollama: ollama, [EMBEDDING_MODEL]: "F16" },
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
