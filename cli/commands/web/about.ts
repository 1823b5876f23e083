import type { About, Problem } from "../../../web/protocol";
import type { Access } from "../../access/access";
import { chooseWay } from "../chat/choose-way";

/** What the page talks to, and the way to the model as it is now. */
export async function aboutServers(
  access: Access,
  { through, version, problemOf }: { through?: string; version: string; problemOf: (error: unknown) => Problem },
): Promise<About> {
  const { source, opensearch, ragIndex, embeddingModelId } = access;
  const documents = [opensearch, ragIndex, embeddingModelId].every((one) => one !== undefined);
  const known = { version, source, documents };
  try {
    const { answerer, because = null } = await chooseWay(access, through);
    const { title, endpoint } = answerer;
    return { ...known, way: { title, endpoint, streams: answerer.through === "ollama", because }, problem: null };
  } catch (error) {
    return { ...known, way: null, problem: problemOf(error) };
  }
}
