import { countDocuments } from "../../../clients/opensearch/indices";
import { rankingOf } from "../../../rag/retrieve";
import type { CommonFlags } from "../../access/find-access";
import type { Session } from "../../session";
import { withWaiting } from "../../terminal/waiting";
import { findIndex } from "./find-index";

/** `ollama-chat rag status`. */
export async function showStatus(session: Session, flags: CommonFlags): Promise<void> {
  const output = session.output(flags);
  const access = await withWaiting(output, "looking for the servers", () => session.access(flags));
  const { server, index } = await findIndex(access);
  const passages = await countDocuments(server, index.name);
  const ranking = await rankingOf(server, index);
  const { name, embeddingModel, dimension } = index;
  output.result({ index: name, passages, embeddingModel, dimension, rankedBy: ranking.by }, () => {
    const way =
      ranking.by === "cluster"
        ? "by the cluster's own hybrid search"
        : `by this command, over BM25 hits and stored vectors, since ${ranking.because}`;
    return `${name}: ${passages} passages · ${embeddingModel}, ${dimension} numbers a vector · ranked ${way}`;
  });
}
