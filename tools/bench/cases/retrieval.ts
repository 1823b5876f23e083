import { join } from "node:path";
import { openSearch } from "../../../clients/opensearch/connect";
import { ingest } from "../../../rag/ingest";
import { describePassageIndex } from "../../../rag/passage-index";
import { DEFAULT_RETRIEVAL, Retrieval } from "../../../rag/retrieve";
import { packageRoot } from "../../toolchain/package-root";
import type { Selection } from "../../toolchain/selection";
import type { BenchCase } from "../bench-case";
import { figure } from "../page";
import { measureRecall, type Recall, readQuestions } from "../recall/measure";
import { EMBEDDING_MODEL, makeRagWorld } from "../recall/rag-world";
import type { Measured } from "../results";
import { openCluster, startOllama } from "../servers";
import { median } from "../turns";

const EXAMPLE = join(packageRoot, "examples", "rag");
const RANKED_BY = { cluster: "the cluster", client: "`ollama-chat`" } as const;

/** Documents, questions and the model are those of examples/rag; every question is asked once in every way. */
export const retrieval: BenchCase = {
  id: "retrieval",
  question: "Does a question find the right passage, and how fast?",
  run: async ({ toolchain }) => {
    const cluster = await openCluster(toolchain);
    const ollama = await startOllama(toolchain);
    try {
      return measuredOf(await ask(cluster.endpoint, ollama.endpoint, toolchain));
    } finally {
      await Promise.all([ollama.stop(), cluster.stop()]);
    }
  },
};

async function ask(endpoint: string, ollamaEndpoint: string, { chatModel }: Selection): Promise<Recall[]> {
  const connection = { endpoint };
  const world = await makeRagWorld({ connection, ollamaEndpoint, chatModel });
  const server = openSearch(connection);
  const index = await describePassageIndex(server, world.index, EMBEDDING_MODEL);
  const searched = { server, index, embeddingModelId: world.embeddingModelId };
  await ingest({ ...searched, folder: join(EXAMPLE, "documents") });
  const questions = readQuestions(join(EXAMPLE, "questions.json")).filter(({ set }) => set === "report");
  return await measureRecall(searched, questions);
}

function measuredOf(ways: readonly Recall[]): Measured {
  const byDefault = way(ways, DEFAULT_RETRIEVAL);
  const byWords = way(ways, Retrieval.bm25);
  return {
    rows: [
      {
        what: `right passage among the first three, \`${DEFAULT_RETRIEVAL}\``,
        unit: "share",
        samples: [byDefault.found("both", 3)],
        beside: [{ name: "by words alone", samples: [byWords.found("both", 3)] }],
        act: { on: "value", is: "below", limit: 0.9, advice: "try another embedding model ([documents](rag.md))" },
      },
      {
        what: `one retrieval, \`${DEFAULT_RETRIEVAL}\`, with the question's vector`,
        unit: "ms",
        samples: [...byDefault.milliseconds],
        beside: [{ name: "by words alone", samples: [...byWords.milliseconds] }],
        act: {
          on: "value",
          is: "above",
          limit: 500,
          advice: "let the embedding model stay loaded (`ollamaKeepAlive`)",
        },
      },
      {
        what: "unanswerable questions that reach the chat model",
        unit: "share",
        samples: [byDefault.reached("unanswered")],
        beside: [{ name: "answerable ones", samples: [byDefault.reached("answered")] }],
        act: { on: "value", is: "above", limit: 0.6, advice: "check each answer against its sources" },
      },
    ],
    detail: {
      head: ["retrieval", "ranked by", "literal: first", "first three", "paraphrased: first", "first three", "time"],
      rows: ways.map((each) => [
        `\`${each.retrieval}\``,
        RANKED_BY[each.by],
        ...(["literal", "paraphrased"] as const).flatMap((kind) =>
          [1, 3].map((most) => figure(each.found(kind, most), "share")),
        ),
        figure(median(each.milliseconds), "ms"),
      ]),
    },
  };
}

function way(ways: readonly Recall[], wanted: Retrieval): Recall {
  const found = ways.find((each) => each.retrieval === wanted && each.by === "cluster");
  if (found === undefined) throw new Error(`Nothing was measured of ${wanted}.`);
  return found;
}
